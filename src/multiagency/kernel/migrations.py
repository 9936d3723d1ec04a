"""Brings a database to the newest revision, as the owner role."""

from pathlib import Path

from alembic import command, op
from alembic.config import Config
from sqlalchemy.util import await_only

_ROOT = Path(__file__).parents[3]
_SCRIPTS = _ROOT / "alembic" / "sql"


def alembic_config(url: str) -> Config:
    """Return alembic's configuration for the database at `url` (owner role, asyncpg)."""
    config = Config(_ROOT / "alembic.ini")
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate up; runs its own event loop, so call it outside of one."""
    command.upgrade(alembic_config(url), revision)


def run_scripts(*names: str) -> None:
    """Run whole scripts of `alembic/sql/` inside a migration; a prepared statement would take one command only."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("a migration needs a connection")
    for name in names:
        await_only(connection.execute((_SCRIPTS / f"{name}.sql").read_text("utf-8")))
