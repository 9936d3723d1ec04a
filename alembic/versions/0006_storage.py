"""Look-up hashes, retention, legal holds, deletion reports, the keeper of keys."""

from multiagency.kernel.migrations import run_scripts

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("protect", "keeper", "0006_storage", "hand_over")


def downgrade() -> None:
    run_scripts("0006_storage_down")
