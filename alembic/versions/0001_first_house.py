"""Tables, the functions that row security asks, and the policies."""

from pathlib import Path

from alembic import op
from sqlalchemy.util import await_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCRIPTS = Path(__file__).parents[1] / "sql"


def run(script: str) -> None:
    """Run a whole script at once; a prepared statement, which SQLAlchemy would make, takes one command only."""
    connection = op.get_bind().connection.driver_connection
    await_only(connection.execute(script))


def upgrade() -> None:
    run("GRANT USAGE, CREATE ON SCHEMA public TO multiagency_guard")
    for name in ("tables_service", "tables_clients", "row_security_functions", "row_security_policies"):
        run((SCRIPTS / f"{name}.sql").read_text("utf-8"))


def downgrade() -> None:
    run((SCRIPTS / "remove_everything.sql").read_text("utf-8"))
