"""The client's requests for log data."""

from multiagency.kernel.migrations import run_scripts

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("protect", "0011_log_requests", "hand_over")


def downgrade() -> None:
    run_scripts("0011_log_requests_down")
