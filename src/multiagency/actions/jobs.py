"""What the worker does: reminds of actions whose day is near, and tells of those whose day has passed."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Row, Text, Uuid, func, select

from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import to_helsinki, today
from multiagency.kernel.due import each
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.pathways.service import parameter
from multiagency.people import reading as people
from multiagency.people.models import Post
from multiagency.people.service_notices import tell

REMINDING_OF_ACTIONS = "remind_of_actions"
_FURTHEST = timedelta(days=366)
"""No reminder comes earlier than this."""
_DUE = (
    *(Column(name, Uuid) for name in ("id", "case_id", "team_id", "controller_id", "owner_id")),
    *(Column(name, Text) for name in ("reference", "case_reference", "pathway")),
    Column("due_on", Date),
    *(Column(name, DateTime(timezone=True)) for name in ("action_due", "action_overdue", "plan_overdue")),
)


async def remind(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """Tell of every open action that is near or late, or of the action `only`; return of how many.

    Its owner is told `action_reminder_days` before its day, and after it together with who coordinates the case.
    """
    return await each(runtime, presented, Act.REMIND_OF_WORK, REMINDING_OF_ACTIONS, _due, _remind, only)


async def _due(work: Work) -> dict[UUID, tuple[Row[Any], list[str]]]:
    listed = func.actions_due(today() + _FURTHEST).table_valued(*_DUE)
    rows = (await work.session.execute(select(listed))).all()
    wanting = {row.id: (row, await _to_be_told(work, row)) for row in rows}
    return {action_id: (row, what) for action_id, (row, what) in wanting.items() if what}


async def _to_be_told(work: Work, row: Row[Any]) -> list[str]:
    """Return what nobody has been told yet of an action: near as long as it is not late, then to both who act."""
    days = await parameter(work, row.pathway, "action_reminder_days", row.team_id)
    if row.due_on >= today():
        return ["action_due"] if _is_new(row.action_due, row.due_on - timedelta(days=days)) else []
    late_from = row.due_on + timedelta(days=1)
    late = {"action_overdue": row.action_overdue, "plan_overdue": row.plan_overdue}
    return [what for what, told_at in late.items() if _is_new(told_at, late_from)]


def _is_new(told_at: datetime | None, begins: date) -> bool:
    return begins <= today() and (told_at is None or to_helsinki(told_at).date() < begins)


async def _remind(work: Work, found: tuple[Row[Any], list[str]]) -> bool:
    row, wanting = found
    about = {"case_id": row.case_id, "case_reference": row.case_reference, "controller_id": row.controller_id}
    work.record(Mode.WRITE, {Kind.ACTION}, subjects=[row.case_id], **about)
    for what in wanting:
        if what == "plan_overdue":
            coordinators = await people.coordinators_of(work, row.team_id)
            await tell(work, coordinators, what, f"/cases/{row.case_reference}/plan", row.case_id)
        else:
            owner = await work.session.get_one(Post, row.owner_id)
            await tell(work, [owner], what, f"/actions/{row.reference}", row.case_id)
    return True
