"""What the log is searched by."""

from multiagency.kernel.migrations import run_scripts

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("0009_log_fields")


def downgrade() -> None:
    run_scripts("0009_log_fields_down")
