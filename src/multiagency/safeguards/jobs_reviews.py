"""The worker: coordinators are reminded of an emergency opening; not answered in time it goes to the auditors, once."""

from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Row, Text, Uuid, func, select, update

from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import Presented, Role
from multiagency.kernel.clock import now
from multiagency.kernel.due import each
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.kernel.working_days import after_working_days
from multiagency.pathways.service import parameter
from multiagency.people.reading import coordinators_of, posts_in_role
from multiagency.people.service_notices import tell
from multiagency.safeguards.models import BreakGlass

REFERRING, REMINDING_OF_OPENINGS = "refer_openings", "remind_of_openings"
_UNANSWERED = (
    Column("id", Uuid),
    Column("case_id", Uuid),
    Column("reference", Text),
    Column("pathway", Text),
    Column("team_id", Uuid),
    Column("controller_id", Uuid),
    Column("opened_at", DateTime(timezone=True)),
    Column("told_at", DateTime(timezone=True)),
)


async def refer_unanswered(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """Tell every auditor of openings older than `break_glass_review_days` working days; return of how many.

    With `only`, of that one.
    """
    return await each(runtime, presented, Act.REFER_OPENING, REFERRING, _unanswered, _refer, only)


async def _unanswered(work: Work) -> dict[UUID, Row[Any]]:
    listed = func.unanswered_openings().table_valued(*_UNANSWERED)
    return {row.id: row for row in await work.session.execute(select(listed))}


async def _refer(work: Work, row: Row[Any]) -> bool:
    days = await parameter(work, row.pathway, "break_glass_review_days", row.team_id)
    if after_working_days(row.opened_at, days) > now():
        return False
    mark = update(BreakGlass).where(BreakGlass.id == row.id, BreakGlass.referred_at.is_(None))
    await work.session.execute(mark.values(referred_at=now()), execution_options={"synchronize_session": False})
    _record(work, row)
    await tell(work, await posts_in_role(work, Role.AUDITOR), "break_glass_unanswered", "/emergencies", row.case_id)
    return True


async def remind(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """Remind who coordinates the team `break_glass_reminder_days` working days before that; return of how many.

    With `only`, of that one.
    """
    return await each(runtime, presented, Act.REMIND_OF_WORK, REMINDING_OF_OPENINGS, _unanswered, _remind, only)


async def _remind(work: Work, row: Row[Any]) -> bool:
    days, before = [
        await parameter(work, row.pathway, name, row.team_id)
        for name in ("break_glass_review_days", "break_glass_reminder_days")
    ]
    begins = after_working_days(row.opened_at, max(days - before, 0))
    if begins > now() or (row.told_at is not None and row.told_at >= begins):
        return False
    _record(work, row)
    coordinators = await coordinators_of(work, row.team_id)
    await tell(work, coordinators, "break_glass_review_due", f"/cases/{row.reference}", row.case_id)
    return True


def _record(work: Work, row: Row[Any]) -> None:
    about = {"case_id": row.case_id, "case_reference": row.reference, "controller_id": row.controller_id}
    work.record(Mode.WRITE, {Kind.SHELL}, subjects=[row.case_id], **about)
