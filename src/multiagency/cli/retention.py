"""`multiagency retention run`: what has expired is deleted, of cases, of the log, and of requests for log data."""

import dataclasses
from typing import Any

from multiagency.cli.keeper import add_job
from multiagency.kernel.actor import Presented
from multiagency.kernel.progress import Progress
from multiagency.kernel.runtime import Runtime
from multiagency.log_requests.jobs_expiry import expire_requests
from multiagency.storage.jobs_expiry import Expired, expire


def add(commands: Any) -> None:
    """Add `retention` to the command line."""
    retention = commands.add_parser("retention", help="delete what has expired").add_subparsers(required=True)
    explained = "delete what the rules of retention say is over, and report it in numbers"
    run = add_job(retention, "run", expire_everything, explained)
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
