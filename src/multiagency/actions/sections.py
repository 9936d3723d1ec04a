"""What actions add to the page of a case: the plan, and for the coordinator the way to a new action."""

from multiagency.actions.service import what_forbids
from multiagency.cases.questions import PageSections, Section
from multiagency.kernel.access import Act, Kind
from multiagency.meetings.reading import was_discussed

_HAS_PLAN = frozenset({"in_follow_up", "closed", "withdrawn"})


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
