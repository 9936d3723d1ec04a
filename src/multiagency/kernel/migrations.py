"""Brings a database to the newest revision, as the owner role."""

from pathlib import Path

from alembic import command, op
from alembic.config import Config
from alembic.script.revision import ResolutionError
from alembic.util import CommandError

from multiagency.kernel.row_security import run_script

_HERE = Path(__file__)
_INSTALLED, _TREE = _HERE.parents[1] / "alembic", _HERE.parents[3] / "alembic"
SCRIPTS = _INSTALLED if _INSTALLED.is_dir() else _TREE
"""Where the revisions are: inside the package that a wheel installed, beside `src/` in the tree."""


class UnknownRevision(ValueError):
    """The database stands at a revision that this version has no script for; nothing was changed."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"the database stands at revision {revision}, which this version does not know; nothing was changed. "
            "Migrate it with the version that it belongs to, or begin with an empty database"
        )


def alembic_config(url: str) -> Config:
    """Return alembic's configuration for the database at `url` (owner role, asyncpg)."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate up; runs its own event loop, so call it outside of one. Raises UnknownRevision."""
    try:
        command.upgrade(alembic_config(url), revision)
    except CommandError as error:
        if isinstance(error.__cause__, ResolutionError):
            raise UnknownRevision(error.__cause__.argument) from error
        raise


def run_scripts(*names: str) -> None:
    """Run whole scripts of `alembic/sql/` inside a migration."""
    for name in names:
        run_script(op.get_bind(), SCRIPTS / "sql" / f"{name}.sql")
