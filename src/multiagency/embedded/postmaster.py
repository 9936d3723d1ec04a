"""What the file `postmaster.pid` of a data directory says about its server, and whether that is still true."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Postmaster:
    """A live server: its process id, the directory of its socket (None while it starts), and whether it is ready."""

    pid: int
    socket_directory: Path | None
    ready: bool


def postmaster(data: Path) -> Postmaster | None:
    """Return the live server of a data directory, or None when there is none (a file left by a dead one counts not)."""
    lines = _lines(data)
    if not lines or not lines[0].isdecimal() or not _works_in(int(lines[0]), data):
        return None
    socket = lines[4] if len(lines) > 4 else ""
    ready = len(lines) > 7 and lines[7] == "ready"
    return Postmaster(int(lines[0]), Path(socket) if socket else None, ready)


def last_socket_directory(data: Path) -> Path | None:
    """Return the directory of the socket that the live or dead server of a data directory named last."""
    lines = _lines(data)
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def forget_dead(data: Path, patience: float = 10) -> None:
    """Remove the `postmaster.pid` of a server that was killed, waiting up to `patience` seconds for its children.

    PostgreSQL forgets it by itself unless the number belongs to another process by now (after a restart of the
    machine it often does). The file is removed only when no process works in the data directory any more, since it
    also guards against the children of a killed server; otherwise the decision is left to PostgreSQL.
    """
    if not (data / "postmaster.pid").exists() or not _PROC.joinpath("self/cwd").exists():
        return
    deadline = time.monotonic() + patience
    while any(_works_in(pid, data) for pid in _processes()):
        if time.monotonic() > deadline:
            return
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _lines(data: Path) -> list[str]:
    try:
        text = (data / "postmaster.pid").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines()]


def _processes() -> Iterator[int]:
    return (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdecimal())


def _works_in(pid: int, data: Path) -> bool:
    """Tell whether a live process has the data directory as its own, as every process of a server has."""
    if not _PROC.joinpath("self/cwd").exists():
        return _exists(pid)
    try:
        return _PROC.joinpath(str(pid), "cwd").samefile(data)
    except OSError:
        return False


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
