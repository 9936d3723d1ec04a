"""Numbers of the log for monitoring, in the text format of Prometheus (version 0.0.4)."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy import BigInteger, Column, DateTime, func, select

from multiagency.kernel.access import Act
from multiagency.kernel.clock import now
from multiagency.kernel.work import Work
from multiagency.settings import networks_in
from multiagency.web.callers import comes_from
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(tags=["operations"], route_class=BodyRoute)

_NUMBERS: tuple[Column[Any], ...] = (
    *(Column(name, BigInteger) for name in ("entries", "numbered", "signed")),
    Column("published_at", DateTime(timezone=True)),
    Column("open_alarms", BigInteger),
)
_HELP = {
    "multiagency_log_entries": "Entries in the log.",
    "multiagency_log_unnumbered": "Entries without a number yet.",
    "multiagency_log_unsigned": "Numbered entries that no checkpoint covers yet.",
    "multiagency_log_checkpoint_age_seconds": "Seconds since the newest checkpoint; NaN while there is none.",
    "multiagency_log_open_alarms": "Alarms of the self-check that nobody has settled.",
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
    age = f"{(now() - found.published_at).total_seconds():.0f}" if found.published_at else "NaN"
    values = (found.entries, found.entries - found.numbered, found.numbered - found.signed, age, found.open_alarms)
    return "".join(
        f"# HELP {name} {text}\n# TYPE {name} gauge\n{name} {value}\n"
        for (name, text), value in zip(_HELP.items(), values, strict=True)
    )
