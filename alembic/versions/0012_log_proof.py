"""Nodes of the tree, witnesses and what they have co-signed."""

from multiagency.kernel.migrations import run_scripts

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("0012_log_proof")


def downgrade() -> None:
    run_scripts("0012_log_proof_down")
