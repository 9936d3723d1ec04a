"""Bars declared and found, protected addresses, break-glass, reassignment."""

from multiagency.kernel.migrations import run_scripts

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("protect", "0005_safeguards", "hand_over")


def downgrade() -> None:
    run_scripts("0005_safeguards_down")
