"""Notices: a post is told that something waits for it, without saying what in the mail."""

from multiagency.kernel.migrations import run_scripts

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("protect", "0002_notices", "hand_over")


def downgrade() -> None:
    run_scripts("0002_notices_down")
