"""`multiagency rotate master|wrapping|data` and `multiagency retention run`: the keeper's work, while people work.

They sign in as the service account `keeper`, through a database role of its own that neither web nor worker can use.
"""

import argparse
import asyncio
import dataclasses
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from multiagency.kernel.actor import Door, Presented
from multiagency.kernel.errors import NotSignedIn
from multiagency.kernel.keys import make_new_master, master_directory
from multiagency.kernel.runtime import Runtime
from multiagency.oversight.requests.expiry import expire_requests
from multiagency.settings import Settings
from multiagency.storage.expiry import Expired, Progress, expire
from multiagency.storage.rotation import StillBusy, rotate_data
from multiagency.storage.wrapping import rotate_wrapping
from multiagency.terminal import progress_bar
from multiagency.wiring import wire
from multiagency.worker import service_session

Job = Callable[..., Awaitable[Any]]


def add_keeping_commands(commands: Any) -> None:
    """Add `rotate` and `retention` to the command line."""
    rotate = commands.add_parser("rotate", help="change keys while the service runs").add_subparsers(required=True)
    master = rotate.add_parser("master", help="make a new master key; the earlier one stays readable beside it")
    master.add_argument("directory", type=Path, help="the directory of keys")
    master.set_defaults(run=_master)
    for name, job, explained in (
        ("wrapping", rotate_wrapping, "wrap everything under the newest master key"),
        ("data", rotate_data, "give all client data new keys and destroy the old ones"),
    ):
        _add(rotate, name, job, explained)
    retention = commands.add_parser("retention", help="delete what has expired").add_subparsers(required=True)
    run = _add(
        retention, "run", expire_everything, "delete what the rules of retention say is over, and report it in numbers"
    )
    run.add_argument("--dry-run", action="store_true", help="only count")


@dataclasses.dataclass(slots=True)
class ExpiredEverything(Expired):
    """What one run deleted of cases and the log, and how many requests for log data."""

    requests: int = 0


async def expire_everything(
    runtime: Runtime, presented: Presented, *, dry_run: bool = False, progress: Progress | None = None
) -> ExpiredEverything:
    """Delete what is over of cases, of the log, and of the clients' requests for log data."""
    expired = await expire(runtime, presented, dry_run=dry_run, progress=progress)
    requests = (await expire_requests(runtime, presented, dry_run=dry_run)).requests
    return ExpiredEverything(**dataclasses.asdict(expired), requests=requests)


def _add(parsers: Any, name: str, job: Job, explained: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = parsers.add_parser(name, help=explained)
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout and nothing else")
    parser.set_defaults(run=_run, job=job)
    return parser


def _master(options: argparse.Namespace) -> int:
    earlier = make_new_master(master_directory(options.directory))
    sys.stdout.write(f"There is a new master.key; the earlier one is {earlier.name}.\n")
    sys.stdout.write("Back the new one up, then run: multiagency rotate wrapping\n")
    return 0


def _run(options: argparse.Namespace) -> int:
    """Do the job; 0 when all of it is done, 1 when something is left to do or does not open."""
    more = {"dry_run": options.dry_run} if hasattr(options, "dry_run") else {}
    try:
        done = dataclasses.asdict(asyncio.run(_as_keeper(options.job, more)))
    except NotSignedIn:
        return _cannot("the keeper's account is not signed in; look at KEEPER_LOGIN and KEEPER_PASSWORD")
    except StillBusy:
        return _cannot("somebody's transaction does not end; nothing is lost, run this again later")
    if options.json:
        sys.stdout.write(json.dumps(done) + "\n")
    else:
        sys.stdout.write("".join(f"{name.replace('_', ' ')}: {value}\n" for name, value in done.items() if value != {}))
    return 1 if done.get("left") or done.get("unreadable") else 0


def _cannot(sentence: str) -> int:
    sys.stderr.write(f"multiagency: {sentence}\n")
    return 1


async def _as_keeper(job: Job, more: dict[str, Any]) -> Any:
    """Run a job as the keeper. Raises ValueError where the settings have no keeper's address or password."""
    settings = Settings()
    if settings.database_url_keeper is None or settings.keeper_password is None:
        raise ValueError("MULTIAGENCY_DATABASE_URL_KEEPER and MULTIAGENCY_KEEPER_PASSWORD are needed")
    runtime = wire(settings)
    try:
        return await _with_progress(runtime, await service_session(runtime, Door.KEEPER), job, more)
    finally:
        await runtime.close()


async def _with_progress(runtime: Runtime, presented: Presented, job: Job, more: dict[str, Any]) -> Any:
    with progress_bar() as show:
        return await job(runtime, presented, progress=show, **more)
