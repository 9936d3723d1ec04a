"""All tables, and what stands in them before anybody works: the register of grounds, retention rules."""

from multiagency.kernel.migrations import run_scripts

revision = "0001h"  # nothing was released yet: the first house is still being furnished
down_revision = None
branch_labels = None
depends_on = None

TABLES = ("people", "pathways", "cases", "kernel", "mail", "audit", "safeguards", "matching", "disclosures", "register")
MORE_TABLES = (
    "consultations",
    "consent",
    "risk",
    "meetings",
    "meetings_of_teams",
    "actions",
    "storage",
    "log_requests",
    "assurance",
    "oversight",
)


def upgrade() -> None:
    run_scripts(*(f"0001_{room}" for room in (*TABLES, *MORE_TABLES)))


def downgrade() -> None:
    run_scripts("remove_everything")
