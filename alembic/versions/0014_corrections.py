"""Corrections after a case was submitted."""

from multiagency.kernel.migrations import run_scripts

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("protect", "0014_corrections", "hand_over")


def downgrade() -> None:
    run_scripts("0014_corrections_down")
