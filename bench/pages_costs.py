"""Where the time of our pages goes: the floor that the same SQL sets, and whose code the rest is spent in.

The floor is what a page asked the database, with its parameters, prepared and executed back to back over one bare
asyncpg connection in one transaction, by the same role under the same row security; only the ids of its log entries
are new each time. The division is a sample every millisecond of an in-process run of the application, without server
and client: each sample belongs to the innermost library (or our own code) on the stack.
"""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import event
from tests.house import House

from multiagency.audit.tree import leaf_hash
from multiagency.kernel.ids import uuid7

_SAMPLE = 0.001
"""Seconds."""
_PLACES = (
    ("/sqlalchemy/", "sqlalchemy"),
    ("/greenlet/", "sqlalchemy"),
    ("/asyncpg/", "asyncpg"),
    ("/jinja2/", "jinja2"),
    ("/markupsafe/", "jinja2"),
    ("/templates/", "jinja2"),
    ("/cryptography/", "cryptography"),
    ("/multiagency/", "our own code"),
    ("/fastapi/", "fastapi"),
    ("/starlette/", "fastapi"),
    ("/pydantic/", "fastapi"),
    ("/asyncio/selector_events", "asyncpg"),  # no other sockets are open in this run
)
WAITING = "waiting for the database"
Asked = list[tuple[str, Any, bool]]


def asked_of(house: House) -> tuple[Asked, Callable[[], None]]:
    """Return a list that takes up every statement with its parameters, and what ends that."""
    asked: Asked = []
    engines = [engine.sync_engine for engine in house.runtime.engines.values()]

    def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        asked.append((statement, parameters, many))

    def leave() -> None:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    return asked, leave


@asynccontextmanager
async def bare(house: House) -> AsyncIterator[asyncpg.Connection]:
    """Connect as the role of the application."""
    connection = await asyncpg.connect(
        host=str(house.ground.server.socket_directory),
        user="multiagency_app",
        password=house.ground.passwords["app"],
        database=house.database,
    )
    try:
        yield connection
    finally:
        await connection.close()


class Floor:
    """Asks the database the same as a page did, as fast as can be."""

    def __init__(self, connection: asyncpg.Connection, asked: Asked) -> None:
        self._connection, self._asked = connection, asked
        self.statements = len(asked)

    async def seconds(self) -> float:
        """Ask once, under new ids of the log's entries; return how long it took."""
        whole = self._renewed()
        began = time.perf_counter()
        async with self._connection.transaction(isolation="repeatable_read"):
            for statement, parameters, many in whole:
                if many:
                    await self._connection.executemany(statement, parameters)
                else:
                    await self._connection.fetch(statement, *parameters)
        return time.perf_counter() - began

    def _renewed(self) -> Asked:
        new: dict[UUID, UUID] = {}
        return [
            (statement, [_renewed(row, new) for row in rows] if many else _renewed(rows, new), many)
            for statement, rows, many in self._asked
        ]


def _renewed(row: Sequence[Any], new: dict[UUID, UUID]) -> Sequence[Any]:
    """Return entries of the log or their details as if they were new ones; anything else as it is."""
    if not (row and isinstance(row[0], list)):
        return row
    if len(row) == 4:
        keys = [uuid7() for _ in row[0]]
        new.update(zip(row[0], keys, strict=True))
        pairs = zip(row[0], row[2], strict=True)
        bodies = [body.replace(str(key).encode(), str(new[key]).encode()) for key, body in pairs]
        return keys, row[1], bodies, [leaf_hash(body) for body in bodies]
    return ([new[key] for key in row[0]], *row[1:])


def whose(frame: FrameType | None) -> str:
    """Return whose code a sample was taken in: the innermost library on the stack, the standard library left out."""
    if frame is not None and frame.f_code.co_name == "select" and frame.f_code.co_filename.endswith("selectors.py"):
        return WAITING
    while frame is not None:
        for part, name in _PLACES:
            if part in frame.f_code.co_filename:
                return name
        frame = frame.f_back
    return "event loop"


async def ask(house: House, path: str, cookie: str) -> bytes:
    """Let the application answer one request, without a server."""
    headers = [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http"}
    scope |= {"path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers}
    scope |= {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2)}
    parts: list[Mapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        parts.append(message)

    await house.asgi(scope, receive, send)
    if parts[0]["status"] != 200:
        raise RuntimeError(f"{path} answered {parts[0]['status']}")
    return b"".join(part.get("body", b"") for part in parts)


async def divided(house: House, path: str, cookie: str, seconds: float) -> dict[str, float]:
    """Return which share of the time went where; what is computed adds up to 1, waiting stands beside it."""
    found: Counter[str] = Counter()

    def note(_: int, frame: FrameType | None) -> None:
        found[whose(frame)] += 1

    before = signal.signal(signal.SIGALRM, note)
    signal.setitimer(signal.ITIMER_REAL, _SAMPLE, _SAMPLE)
    try:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await ask(house, path, cookie)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    await asyncio.sleep(0)
    waited = found.pop(WAITING, 0)
    computed = sum(found.values()) or 1
    shares = {name: round(number / computed, 3) for name, number in found.most_common()}
    return {**shares, WAITING: round(waited / (waited + computed), 3)}
