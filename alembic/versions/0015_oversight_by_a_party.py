"""An auditor who is a party to a case does not read its log."""

from multiagency.kernel.migrations import run_scripts

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("protect", "0015_oversight_by_a_party", "hand_over")


def downgrade() -> None:
    run_scripts("0015_oversight_by_a_party_down")
