"""Sight in one pass over grants and bases."""

from multiagency.kernel.migrations import run_scripts

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("0008_one_pass")


def downgrade() -> None:
    run_scripts("0008_one_pass_down")
