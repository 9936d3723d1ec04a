"""Two servers side by side, a client that keeps its connections, and what each request cost both processes."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PATIENCE = 30
"""Seconds for a server to answer."""
AT_ONCE = (1, 16)


@dataclass(frozen=True, slots=True)
class Side:
    """One of both: where it listens, its processes, and the role that its connections to the database have."""

    name: str
    port: int
    pids: tuple[int, ...]
    role: str
    cookies: Mapping[str, str]


@dataclass(slots=True)
class Spent:
    """What one side took for one page at so many requests at once, over all turns."""

    rates: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    seconds: float = 0
    """Of all turns together."""
    server: float = 0
    """Seconds of CPU of the server's processes."""
    database: float = 0
    """Seconds of CPU of its PostgreSQL backends."""


def cpu_of(pids: Sequence[int]) -> float:
    """Return the seconds of CPU that these processes have taken so far; one that is gone has taken none."""
    taken = 0
    for pid in pids:
        try:
            after_name = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        taken += int(after_name[11]) + int(after_name[12])  # utime and stime, proc(5)
    return taken / _TICK


def tree_of(pid: int) -> tuple[int, ...]:
    """Return a process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return (pid, *(below for child in children for below in tree_of(int(child))))


@contextmanager
def served(words: Sequence[str], environment: Mapping[str, str], directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end; what it says stands in a file of the directory."""
    with (directory / f"server-{time.monotonic_ns()}.txt").open("wb") as said:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, *words], env={**os.environ, **environment}, stdout=said, stderr=said
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(_PATIENCE)


class Connection:
    """One kept connection: asks for a page and reads the whole answer."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, cookie: str) -> bytes:
        """Return the body of a page. Raises `RuntimeError` for any other answer than 200."""
        if self._streams is None or self._streams[0].at_eof():  # uvicorn lets go of who asks nothing for five seconds
            self.close()
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 20)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {cookie}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        status = head.split(b" ", 2)[1]
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        body = await reader.readexactly(length)
        if b"connection: close" in head:
            writer.close()
            self._streams = None
        if status != b"200":
            raise RuntimeError(f"{path} answered {status.decode()}")
        return body

    def close(self) -> None:
        """Let go."""
        if self._streams is not None:
            self._streams[1].close()


async def answers(port: int) -> None:
    """Wait until somebody listens."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.1)


class Caller:
    """Asks one side for its pages."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self._connections = [Connection(side.port) for _ in range(max(AT_ONCE))]

    async def get(self, path: str, login: str) -> str:
        """Return one page."""
        return (await self._connections[0].get(path, self.side.cookies[login])).decode()

    async def turn(self, path: str, login: str, at_once: int, requests: int) -> tuple[float, list[float]]:
        """Ask so often, so many at once; return the seconds of all and of each."""
        cookie, latencies, left = self.side.cookies[login], list[float](), iter(range(requests))

        async def ask(connection: Connection) -> None:
            for _ in left:
                began = time.perf_counter()
                await connection.get(path, cookie)
                latencies.append(time.perf_counter() - began)

        began = time.perf_counter()
        await asyncio.gather(*(ask(connection) for connection in self._connections[:at_once]))
        return time.perf_counter() - began, latencies

    def close(self) -> None:
        """Let go of all connections."""
        for connection in self._connections:
            connection.close()
