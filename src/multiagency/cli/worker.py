"""`multiagency worker`: delivers mail, numbers the log and does what is due, until it is stopped."""

import argparse
import asyncio
import signal
from typing import Any

from multiagency.settings import Settings
from multiagency.worker import run


def add(commands: Any) -> None:
    """Add `worker` to the command line; it runs as a service and needs nobody who listens."""
    commands.add_parser("worker", help="deliver mail and number the log").set_defaults(run=_worker, silent=True)


def _worker(_: argparse.Namespace) -> int:
    async def until_told() -> None:
        stop = asyncio.Event()
        for told in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(told, stop.set)
        await run(Settings(), stop)

    asyncio.run(until_told())
    return 0
