"""What actions add to pages of others: to a case the plan and the way to a new action, to an agenda what waits."""

from sqlalchemy import select

from multiagency.actions.models import PlannedAction, RecordingInstruction
from multiagency.actions.reading_instructions import newest, waits
from multiagency.actions.service import what_forbids
from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading_first import First, LookAhead
from multiagency.kernel.access import Act, Kind
from multiagency.meetings.questions import AgendaNote, AgendaNotes
from multiagency.meetings.reading import was_discussed
from multiagency.people.models import Person, Post

_HAS_PLAN = frozenset({"in_follow_up", "closed", "withdrawn"})
_UNDONE = ("struck", "not_needed")
"""States of an action about which nothing was recorded."""


async def ahead(_: LookAhead) -> list[First]:
    """Want nothing that meetings do not want already."""
    return []


async def sections(asked: PageSections) -> list[Section]:
    """Add the plan where actions are in sight, and the assignment where the coordinator may assign."""
    found: list[Section] = []
    desk = asked.desk
    stage, here = desk.case.stage, f"/cases/{desk.case.reference}"
    if Kind.ACTION in desk.kinds and (stage in _HAS_PLAN or (stage == "on_agenda" and await was_discussed(desk))):
        state = {"withdrawn": "own_only", "on_agenda": "in_follow_up"}.get(stage, stage)
        found.append(Section(80, "plan.title", f"plan.section.{state}", f"{here}/plan"))
    if desk.may(Act.ASSIGN_ACTION) and await what_forbids(desk) is None:
        found.append(Section(90, "plan.new.title", "plan.section.may_assign", f"{here}/actions/new"))
    return found


async def unconfirmed(asked: AgendaNotes) -> list[AgendaNote]:
    """Name each action whose recording instruction its owner has not confirmed."""
    query = (
        select(PlannedAction, Person.name)
        .join(Post, Post.id == PlannedAction.owner_id)
        .join(Person, Person.id == Post.person_id)
        .join(RecordingInstruction, RecordingInstruction.action_id == PlannedAction.id)
        .where(PlannedAction.case_id.in_(asked.case_ids), PlannedAction.state.not_in(_UNDONE))
        .distinct()
        .order_by(PlannedAction.due_on, PlannedAction.id)
    )
    rows = (await asked.work.session.execute(query)).all()
    given = await newest(asked.work, [action.id for action, _ in rows])
    open_action = asked.work.vault.open
    return [
        AgendaNote(action.case_id, "instruction.note", {"owner": name, "title": await open_action(action, "title")})
        for action, name in rows
        if waits(action, given.get(action.id))
    ]
