"""What waits in actions: one's own that are still to be done, with whether now is a safe time to call."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from multiagency.actions.models import PlannedAction
from multiagency.actions.service import of_post
from multiagency.cases.desk import seen_on
from multiagency.cases.models import SafeContact
from multiagency.cases.reading_hours import safe_in
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.policy import RULES
from multiagency.kernel.waiting import ME, Arm, RowWords, WorkWanted, waits

_MINE = waits(
    "action",
    row_id=PlannedAction.id,
    case_id=PlannedAction.case_id,
    controller_id=PlannedAction.controller_id,
    item=PlannedAction.reference,
    due=PlannedAction.due_on,
    since=PlannedAction.assigned_at,
).where(
    of_post(ME),
    PlannedAction.done_at.is_(None),  # by the state, the plan would go through the index of everybody's open actions
)
_ARM = Arm("action", _MINE, "/actions/{item}", "actions", "mine", Kind.ACTION, seen_on)
_SHOWN = (
    select(PlannedAction, SafeContact)
    .outerjoin(SafeContact, (SafeContact.case_id == PlannedAction.case_id) & PlannedAction.reaches_client)
    .where(PlannedAction.id.in_(bindparam("shown", expanding=True)))
)


async def waiting(asked: WorkWanted) -> list[Arm]:
    """Add what waits for somebody in this role."""
    return [_ARM] if RULES[Act.REPORT_ACTION].role_may(asked.role) else []


async def words(asked: RowWords) -> list[tuple[UUID, dict[str, Any]]]:
    """Say what is to be done, and to whoever is to reach the client whether now is a safe time; no rule itself."""
    work, shown = asked.work, [row.row_id for row in asked.rows if row.arm.what == "action"]
    found: list[tuple[UUID, dict[str, Any]]] = []
    for action, rules in await work.session.execute(_SHOWN, {"shown": shown}) if shown else ():
        said = {"title": await work.vault.open(action, "title")}
        found.append((action.id, said | ({"safe": await safe_in(work, rules)} if rules else {})))
    return found
