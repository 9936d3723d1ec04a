"""Numbers of the log for monitoring, in the text format of Prometheus (version 0.0.4)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy import BigInteger, Column, DateTime, func, select

from multiagency.audit.models import LogMoment
from multiagency.kernel.access import Act
from multiagency.kernel.clock import now
from multiagency.kernel.work import Work
from multiagency.settings import networks_in
from multiagency.web.callers import comes_from
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(tags=["operations"], route_class=BodyRoute)

_NUMBERS: tuple[Column[Any], ...] = (
    *(Column(name, BigInteger) for name in ("numbered", "waiting", "refused", "signed")),
    Column("published_at", LogMoment),
    *(Column(name, BigInteger) for name in ("open_alarms", "overdue")),
    Column("oldest_due_at", DateTime(timezone=True)),
    Column("set_aside", BigInteger),
)
_HELP = {
    "multiagency_log_entries": "Entries in the log.",
    "multiagency_log_unnumbered": "Entries without a number yet.",
    "multiagency_log_unsigned": "Numbered entries that no checkpoint covers yet.",
    "multiagency_log_checkpoint_age_seconds": "Seconds since the newest checkpoint; NaN while there is none.",
    "multiagency_log_open_alarms": "Alarms that nobody has settled.",
    "multiagency_log_refused": "Entries that got no number, for they are not what the service writes.",
    "multiagency_due_overdue": "Pieces of work whose time has come and that nobody has done yet.",
    "multiagency_due_oldest_seconds": "Seconds since the oldest of them was due; 0 while there is none.",
    "multiagency_due_set_aside": "Pieces of work that failed ten times in a row and are tried once a day.",
}


@router.get("/metrics")
async def get_metrics(request: Request, work: Annotated[Work, door(Act.READ_METRICS)]) -> Response:
    """Answer callers in `metrics_networks` only, to whom nothing was forwarded: an attacker reads whether one noticed.

    To others there is no such page; that leaves no entry, or anybody could fill the log.
    """
    if not comes_from(request, networks_in(work.tools.settings.metrics_networks)):
        return Response(status_code=404)
    return PlainTextResponse(await _text(work), media_type="text/plain; version=0.0.4")


async def _text(work: Work) -> str:
    asked = func.log_metrics().table_valued(*_NUMBERS)
    found = (await work.session.execute(select(asked))).one()
    values = (
        found.numbered + found.waiting,
        found.waiting,
        found.numbered - found.signed,
        _seconds_since(found.published_at, "NaN"),
        found.open_alarms,
        found.refused,
        found.overdue,
        _seconds_since(found.oldest_due_at, "0"),
        found.set_aside,
    )
    return "".join(
        f"# HELP {name} {text}\n# TYPE {name} gauge\n{name} {value}\n"
        for (name, text), value in zip(_HELP.items(), values, strict=True)
    )


def _seconds_since(moment: datetime | None, without: str) -> str:
    return f"{(now() - moment).total_seconds():.0f}" if moment else without
