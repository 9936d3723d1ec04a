"""A database to live in again: emptied after each test, with the connections that know it already.

A copy of its own for every test costs more than most tests do: the files, new connections, and a server and a driver
that learn all tables, policies and statements anew. A database goes back only if it is found as the template was, in
its rows after the wiping and in its schema without: whatever else a test did to it or to its engines, it is dropped.
"""

import asyncio
from contextlib import asynccontextmanager
from io import BytesIO

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from multiagency.kernel.actor import Door

LIVES = 60
"""After so many tests a copy is cheaper than the rows that were deleted and never vacuumed away."""

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_CATALOGUES = (
    "attribute",
    "attrdef",
    "class",
    "constraint",
    "db_role_setting",
    "default_acl",
    "event_trigger",
    "extension",
    "index",
    "namespace",
    "policy",
    "proc",
    "sequence",
    "statistic_ext",
    "trigger",
    "type",
)
# A row of a catalogue that was changed or made has the number of another transaction.
_SCHEMA = " UNION ALL ".join(f"SELECT count(*), sum(xmin::text::bigint) FROM pg_{name}" for name in _CATALOGUES)
_OTHERS = (
    "SELECT count(*), count(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)

_MOMENTS = 20


class Unfit(Exception):
    """The database is not what it was, and nobody else shall live in it."""


def _listeners(engines: dict[Door, AsyncEngine]) -> dict[tuple[Door, str], int]:
    """Count who listens to each event: one that a test put there would hear the next test too."""
    found = {}
    for door, engine in engines.items():
        for dispatch in (engine.sync_engine.dispatch, engine.pool.dispatch):
            for name in dispatch._event_names:
                found[door, name] = len(list(getattr(dispatch, name)))
    return found


class Lodging:
    """One database, its engines once there are some, and what stood in it at first."""

    def __init__(self, name: str, superuser: asyncpg.Connection) -> None:
        self.name = name
        self.engines: dict[Door, AsyncEngine] = {}
        self._superuser = superuser
        self._lives = 0

    async def settle(self) -> "Lodging":
        """Note what stands in the database now."""
        self._tables = [row["tablename"] for row in await self._superuser.fetch(_TABLES)]
        await self._superuser.execute("SET max_parallel_workers_per_gather = 0; SET jit = off")
        self._known, self._schema = await self._rows(), await self._superuser.fetch(_SCHEMA)
        self._filled = {name: await self._copy(name) for name, rows in self._known.items() if rows}
        return self

    def furnish(self, engines: dict[Door, AsyncEngine]) -> None:
        """Keep the engines that were made for this database, and note who listens to them."""
        self.engines, self._listeners = dict(engines), _listeners(engines)

    async def wipe(self, engines: dict[Door, AsyncEngine]) -> None:
        """Make the database what it was. Raises `Unfit` when it cannot be, or is not for other reasons."""
        self._lives += 1
        if self._lives >= LIVES or engines != self.engines or _listeners(engines) != self._listeners:
            raise Unfit
        try:
            async with self._superuser.transaction():
                await self._empty()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise Unfit from error

    async def _empty(self) -> None:
        await self._alone()
        if await self._superuser.fetch(_SCHEMA) != self._schema:
            raise Unfit
        await self._restore()

    async def back(self) -> None:
        """Let every row be again what it was; whoever asks sees to it that nobody is at work here."""
        async with self._superuser.transaction():
            await self._restore()

    async def _restore(self) -> None:
        changed = [name for name, rows in (await self._rows()).items() if rows != self._known[name]]
        # Neither foreign keys nor the rules that keep the log from being changed.
        words = ["SET LOCAL lock_timeout = '2s'", "SET LOCAL session_replication_role = replica"]
        await self._superuser.execute("; ".join([*words, *(f"DELETE FROM {name}" for name in changed)]))
        for name in changed:
            if name in self._filled:
                await self._superuser.copy_to_table(name, source=BytesIO(self._filled[name]))
        if await self._rows() != self._known:
            raise Unfit

    async def _alone(self) -> None:
        """Raise `Unfit` if somebody else is connected, or has not finished: who just left takes a moment to be gone."""
        ours = sum(engine.pool.checkedin() for engine in self.engines.values())
        for _ in range(_MOMENTS):
            if tuple(await self._superuser.fetchrow(_OTHERS)) == (ours, 0):
                return
            await asyncio.sleep(0.01)
        raise Unfit

    async def _rows(self) -> dict[str, str | None]:
        """Return what the rows of each table are, None where there are none."""
        of_one = "SELECT '{0}', md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {0} t"
        found = await self._superuser.fetch(" UNION ALL ".join(of_one.format(name) for name in self._tables))
        return dict(map(tuple, found))

    async def _copy(self, name: str) -> bytes:
        parts: list[bytes] = []

        async def keep(part: bytes) -> None:
            parts.append(part)

        await self._superuser.copy_from_table(name, output=keep)
        return b"".join(parts)

    async def leave(self) -> None:
        """Let go of every connection."""
        for engine in self.engines.values():
            await engine.dispose()
        await self._superuser.close()


@asynccontextmanager
async def coming_back(house):
    """Give what lets every row of a house be again what it is now, for a scene that is played again and again."""
    superuser = await house.superuser()
    try:
        yield (await Lodging(house.database, superuser).settle()).back
    finally:
        await superuser.close()
