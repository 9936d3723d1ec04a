"""What the tests of the embedded PostgreSQL ask of a cluster."""

import os
from pathlib import Path

import asyncpg
import pytest

from multiagency.embedded import pgprograms
from multiagency.embedded.postgres import SUPERUSER, EmbeddedPostgres
from multiagency.embedded.postmaster import postmaster

ROOT = os.geteuid() == 0
PROGRAM = pgprograms.package_directory() / "pginstall18" / "bin" / "postgres"
as_root = pytest.mark.skipif(not ROOT, reason="only root runs PostgreSQL as another user")


def modes(path: Path) -> dict[Path, tuple[int, int]]:
    return {p: (p.stat().st_mode, p.stat().st_uid) for p in path.absolute().parents}


async def connect(server: EmbeddedPostgres, password: str | None = None) -> asyncpg.Connection:
    dsn = server.dsn(SUPERUSER, password or server.superuser_password, "postgres")
    return await asyncpg.connect(dsn.replace("+asyncpg", ""), timeout=5)


async def ask(server: EmbeddedPostgres, query: str) -> object:
    connection = await connect(server)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def pid(server: EmbeddedPostgres) -> int:
    found = postmaster(server.socket_directory.parent / "data")
    assert found is not None
    return found.pid


def link(path: Path) -> str:
    try:
        return str(path.readlink())
    except FileNotFoundError:
        return ""
