"""The service's processes with a fault in them: at a named point the process, or the whole database, is killed."""

import asyncio
import os
import signal
from pathlib import Path

import uvicorn

from multiagency.app import build_app
from multiagency.kernel.faults import Point, at_point
from multiagency.worker import run


def family(postmaster: int) -> list[int]:
    """The postmaster and every backend of it."""
    found = [postmaster]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == postmaster:
            found.append(int(stat.parent.name))
    return found


def kill_at(point: Point, times: int, postmaster: int | None) -> None:
    """Kill this process, or the database when its postmaster is named, when the point is reached so many times."""
    reached = []

    def hook(here: Point) -> None:
        if here is point:
            reached.append(here)
            if len(reached) == times:
                for process in family(postmaster) if postmaster else [os.getpid()]:
                    os.kill(process, signal.SIGKILL)

    at_point.append(hook)


def serve(settings, port, *fault):
    """The web application, on a port."""
    if fault:
        kill_at(*fault)
    uvicorn.run(build_app(settings), host="127.0.0.1", port=port, log_level="critical", access_log=False)


def work(settings, *fault):
    """The worker, until it is told to stop."""
    if fault:
        kill_at(*fault)

    async def until_told() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await run(settings, stop)

    asyncio.run(until_told())
