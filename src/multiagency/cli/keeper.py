"""What the keeper's commands share.

They sign in as the service account `keeper`, through a database role of its own that neither web nor worker can use,
and do their work while people do theirs.
"""

import argparse
import asyncio
import dataclasses
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from multiagency.cli.terminal import progress_bar, tell
from multiagency.kernel.actor import Door, Presented
from multiagency.kernel.errors import NotSignedIn
from multiagency.kernel.keys import missing_master
from multiagency.kernel.runtime import Runtime
from multiagency.settings import Settings
from multiagency.storage.jobs_rotation import StillBusy
from multiagency.wiring import wire
from multiagency.worker import service_session

Job = Callable[..., Awaitable[Any]]


def add_job(parsers: Any, name: str, job: Job, explained: str) -> argparse.ArgumentParser:
    """Add a command that does a keeper's job and prints what it did."""
    parser: argparse.ArgumentParser = parsers.add_parser(name, help=explained)
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout and nothing else")
    parser.set_defaults(run=_run, job=job)
    return parser


def _run(options: argparse.Namespace) -> int:
    """Do the job; 0 when all of it is done, 1 when something is left to do or does not open."""
    more = {"dry_run": options.dry_run} if hasattr(options, "dry_run") else {}
    try:
        done = dataclasses.asdict(asyncio.run(_as_keeper(options.job, more)))
    except NotSignedIn:
        return tell("the keeper's account is not signed in; look at KEEPER_LOGIN and KEEPER_PASSWORD")
    except StillBusy:
        return tell("somebody's transaction does not end; nothing is lost, run this again later")
    if options.json:
        sys.stdout.write(json.dumps(done) + "\n")
    else:
        sys.stdout.write("".join(f"{name.replace('_', ' ')}: {value}\n" for name, value in done.items() if value != {}))
    for master_id in done.get("missing", {}):
        tell(missing_master(master_id))
    return 1 if done.get("left") or done.get("unreadable") else 0


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
