"""How the client was, each time that they were asked after the minutes, for whoever sees the plan."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from multiagency.actions.models import FollowUp, PlannedAction
from multiagency.cases.desk import Desk
from multiagency.kernel.access import Kind


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """One time: after how many months, until when, and what was heard, where somebody has reported it."""

    months: int
    due_on: date
    state: str
    at: datetime | None
    new_violence: str | None
    new_report: str | None
    safe_at_home: int | None
    safe_outside: int | None
    knows_help: int | None


async def follow_ups_of(desk: Desk) -> list[FollowUpView]:
    """Return the times at which the client was or is to be asked, as far as they are in sight, in their order."""
    if Kind.ACTION not in desk.kinds:
        return []
    query = (
        select(PlannedAction, FollowUp)
        .outerjoin(FollowUp, FollowUp.action_id == PlannedAction.id)
        .where(PlannedAction.case_id == desk.case.id, PlannedAction.follows_up_after.is_not(None))
        .order_by(PlannedAction.due_on, PlannedAction.id)
    )
    heard = ("new_violence", "new_report", "safe_at_home", "safe_outside", "knows_help")
    return [
        FollowUpView(
            action.follows_up_after or 0,
            action.due_on,
            action.state,
            row.answered_at if row else None,
            *(getattr(row, name) if row else None for name in heard),
        )
        for action, row in await desk.work.session.execute(query)
    ]
