"""Alarms of the self-check."""

from multiagency.kernel.migrations import run_scripts

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("protect", "0013_log_alarms", "hand_over")


def downgrade() -> None:
    run_scripts("0013_log_alarms_down")
