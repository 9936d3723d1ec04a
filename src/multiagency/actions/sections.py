"""What actions add to the page of a case: the plan, and for the coordinator the way to a new action."""

from multiagency.cases.events import CaseShown, Section
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.work import Work

_HAS_PLAN = frozenset({"in_follow_up", "closed", "withdrawn"})


async def show_section(work: Work, shown: CaseShown) -> None:
    """Add the plan where actions are in sight, and the assignment where the coordinator may assign."""
    desk = shown.desk
    stage, here = desk.case.stage, f"/cases/{desk.case.reference}"
    if Kind.ACTION in desk.kinds and stage in _HAS_PLAN:
        state = "own_only" if stage == "withdrawn" else stage
        shown.sections.append(Section(80, "plan.title", f"plan.section.{state}", f"{here}/plan"))
    if desk.may(Act.ASSIGN_ACTION) and stage == "in_follow_up":
        shown.sections.append(Section(90, "plan.new.title", "plan.section.may_assign", f"{here}/actions/new"))
