"""The auditor's notes."""

from multiagency.kernel.migrations import run_scripts

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("protect", "0010_log_review", "hand_over")


def downgrade() -> None:
    run_scripts("0010_log_review_down")
