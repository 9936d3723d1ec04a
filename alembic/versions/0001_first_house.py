"""Tables, the functions that row security asks, and the policies."""

from multiagency.kernel.migrations import run_scripts

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("tables_service", "tables_clients", "row_security_functions", "hand_over", "protect")
    run_scripts("row_security_policies")


def downgrade() -> None:
    run_scripts("remove_everything")
