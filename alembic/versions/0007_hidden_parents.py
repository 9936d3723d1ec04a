"""SEC-0002: rows of a case stay under parents in sight."""

from multiagency.kernel.migrations import run_scripts

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("0007_hidden_parents")


def downgrade() -> None:
    run_scripts("0007_hidden_parents_down")
