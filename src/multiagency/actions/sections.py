"""What actions add to pages of others: to a case the plan and the way to a new action, to an agenda what waits."""

from sqlalchemy import select

from multiagency.actions import service_attendance as attendance
from multiagency.actions.models import PlannedAction, RecordingInstruction
from multiagency.actions.reading_instructions import IN_ORDER, waits
from multiagency.actions.service import OPEN, what_forbids
from multiagency.cases.desk import Desk
from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading_first import First, LookAhead
from multiagency.kernel.access import Act, Kind
from multiagency.meetings.questions import AgendaNote, AgendaNotes, Agreed, AgreedSoFar
from multiagency.meetings.reading import is_at_the_table, was_discussed
from multiagency.pathways.definition import OVER, StageKind
from multiagency.people.models import Person, Post

_HAS_PLAN = frozenset({StageKind.FOLLOW_UP, *OVER})
_UNDONE = ("struck", "not_needed")
"""States of an action about which nothing was recorded."""


async def ahead(_: LookAhead) -> list[First]:
    """Want nothing that meetings do not want already."""
    return []


async def sections(asked: PageSections) -> list[Section]:
    """Add the plan where actions are in sight, and the assignment where the coordinator may assign."""
    found: list[Section] = []
    desk = asked.desk
    if attendance.is_asked(desk) and Kind.ATTENDANCE in desk.kinds and not desk.stands(StageKind.DRAFT, StageKind.OPEN):
        period = await attendance.period_of(desk)
        state = "over" if period.result else "begun" if period.visits else "none"
        place = f"/cases/{desk.case.reference}/attendance"
        found.append(Section(75, "attendance.title", f"attendance.section.{state}", place))
    kind, here = desk.case.stage_kind, f"/cases/{desk.case.reference}"
    if Kind.ACTION in desk.kinds and (kind in _HAS_PLAN or (desk.stands(StageKind.TABLE) and await _has_plan(desk))):
        state = {StageKind.WITHDRAWN: "own_only", StageKind.ENDED: "closed"}.get(StageKind(kind), "in_follow_up")
        found.append(Section(80, "plan.title", f"plan.section.{state}", f"{here}/plan"))
    if desk.may(Act.ASSIGN_ACTION) and await what_forbids(desk) is None:
        found.append(Section(90, "plan.new.title", "plan.section.may_assign", f"{here}/actions/new"))
    return found


async def _has_plan(desk: Desk) -> bool:
    """Tell whether a case at a table may have a plan: an earlier one, or this one to whoever assigns."""
    return await was_discussed(desk) or (desk.may(Act.ASSIGN_ACTION) and await is_at_the_table(desk))


async def agreed(asked: AgreedSoFar) -> list[Agreed]:
    """Answer with the open actions of the case that are in sight, the next due first."""
    desk = asked.desk
    if Kind.ACTION not in desk.kinds:
        return []
    query = (
        select(PlannedAction, Person.name)
        .join(Post, Post.id == PlannedAction.owner_id)
        .join(Person, Person.id == Post.person_id)
        .where(PlannedAction.case_id == desk.case.id, PlannedAction.state == OPEN)
        .order_by(PlannedAction.due_on, PlannedAction.id)
    )
    rows = (await desk.work.session.execute(query)).all()
    return [Agreed(await desk.work.vault.open(row, "title"), name, row.due_on) for row, name in rows]


async def unconfirmed(asked: AgendaNotes) -> list[AgendaNote]:
    """Name each action whose recording instruction its owner has not confirmed."""
    query = (
        select(PlannedAction, Person.name, RecordingInstruction)
        .join(Post, Post.id == PlannedAction.owner_id)
        .join(Person, Person.id == Post.person_id)
        .join(RecordingInstruction, RecordingInstruction.action_id == PlannedAction.id)
        .where(PlannedAction.case_id.in_(asked.case_ids), PlannedAction.state.not_in(_UNDONE))
        .order_by(PlannedAction.due_on, PlannedAction.id, *IN_ORDER)
    )
    newest = {action: (name, given) for action, name, given in await asked.work.session.execute(query)}
    waiting = {action: name for action, (name, given) in newest.items() if waits(action, given)}
    if waiting:
        await asked.work.vault.expect({action.case_id for action in waiting})
    open_action = asked.work.vault.open
    return [
        AgendaNote(action.case_id, "instruction.note", {"owner": name, "title": await open_action(action, "title")})
        for action, name in waiting.items()
    ]
