"""What the worker does: reminds agencies of what they are asked, and tells who coordinates what was not answered."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Date, DateTime, Row, Text, Uuid, func, select

from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import to_helsinki, today
from multiagency.kernel.due import each
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.kernel.working_days import working_days_earlier
from multiagency.pathways.service import parameter
from multiagency.people import reading as people
from multiagency.people.models import Post
from multiagency.people.service_notices import tell

REMINDING_OF_RESEARCH = "remind_of_research"
_FURTHEST = timedelta(days=366)
"""No reminder comes earlier than this."""
_OPEN = (
    *(Column(name, Uuid) for name in ("item_id", "case_id")),
    *(Column(name, Text) for name in ("case_reference", "meeting", "pathway")),
    *(Column(name, Uuid) for name in ("team_id", "controller_id")),
    Column("asked_at", DateTime(timezone=True)),
    Column("due_on", Date),
    Column("posts", ARRAY(Uuid)),
    *(Column(name, DateTime(timezone=True)) for name in ("reminded_at", "missing_told_at")),
)
_Told = Sequence[tuple[Row[Any], str]]


async def remind_of_research(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """Tell of every case whose agencies have not answered, or of the place `only` on an agenda; return of how many.

    Who sits there for them is told `research_reminder_days` working days before the last day, and after it whoever
    coordinates the team.
    """
    return await each(runtime, presented, Act.REMIND_OF_WORK, REMINDING_OF_RESEARCH, _due, _remind, only)


async def _due(work: Work) -> dict[UUID, _Told]:
    listed = func.research_not_returned(today() + _FURTHEST).table_valued(*_OPEN)
    found: dict[UUID, list[tuple[Row[Any], str]]] = {}
    for row in (await work.session.execute(select(listed))).all():
        if what := await _to_be_told(work, row):
            found.setdefault(row.item_id, []).append((row, what))
    return dict(found)


async def _to_be_told(work: Work, row: Row[Any]) -> str:
    if row.due_on < today():
        return "research_missing" if _is_new(row.missing_told_at, row.due_on + timedelta(days=1)) else ""
    days = await parameter(work, row.pathway, "research_reminder_days", row.team_id)
    told = max(row.asked_at, row.reminded_at) if row.reminded_at else row.asked_at
    return "research_due" if _is_new(told, working_days_earlier(row.due_on, days)) else ""


def _is_new(told_at: datetime | None, begins: date) -> bool:
    return begins <= today() and (told_at is None or to_helsinki(told_at).date() < begins)


async def _remind(work: Work, found: _Told) -> bool:
    first, here = found[0][0], f"/meetings/{found[0][0].meeting}/cases/{found[0][0].case_reference}"
    about = {"case_id": first.case_id, "case_reference": first.case_reference, "controller_id": first.controller_id}
    work.record(Mode.WRITE, {Kind.MEETING}, subjects=[first.case_id], **about)
    ids = {post for row, what in found if what == "research_due" for post in row.posts}
    if ids:
        posts = (await work.session.scalars(select(Post).where(Post.id.in_(ids)).order_by(Post.id))).all()
        await tell(work, posts, "research_due", f"{here}/return", first.case_id)
    if any(what == "research_missing" for _, what in found):
        coordinators = await people.coordinators_of(work, first.team_id)
        await tell(work, coordinators, "research_missing", f"{here}/research", first.case_id)
    return True
