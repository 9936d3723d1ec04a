"""Legal grounds, disclosures with an inbox, child-welfare decisions, sharing on a ground."""

from multiagency.kernel.migrations import run_scripts

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("protect", "0004_disclosures", "hand_over")


def downgrade() -> None:
    run_scripts("0004_disclosures_down")
