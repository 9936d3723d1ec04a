"""Brings a database to the newest revision, as the owner role."""

from pathlib import Path

from alembic import command
from alembic.config import Config

_ROOT = Path(__file__).parents[3]


def alembic_config(url: str) -> Config:
    """Return alembic's configuration for the database at `url` (owner role, asyncpg)."""
    config = Config(_ROOT / "alembic.ini")
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate up; runs its own event loop, so call it outside of one."""
    command.upgrade(alembic_config(url), revision)
