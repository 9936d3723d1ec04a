"""Consent in depth: givers and capacities, guardians, texts, withdrawal for one recipient, scans."""

from multiagency.kernel.migrations import run_scripts

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_scripts("protect", "0003_consent", "hand_over")


def downgrade() -> None:
    run_scripts("0003_consent_down")
