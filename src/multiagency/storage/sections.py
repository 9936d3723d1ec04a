"""What storage adds to the page of a case: closing it, and keeping everything of it."""

from multiagency.cases.events import CaseShown, Section
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.storage import service_holds as holds


async def show_section(work: Work, shown: CaseShown) -> None:
    """Add the lines on closing and on holds for whoever coordinates the case."""
    desk, here = shown.desk, f"/cases/{shown.desk.case.reference}"
    if desk.may(Act.CLOSE_CASE) and desk.case.stage in {"in_follow_up", "closed"}:
        state = "closed" if desk.case.stage == "closed" else "open"
        shown.sections.append(Section(130, "closing.title", f"closing.section.{state}", f"{here}/closing"))
    if desk.may(Act.HOLD_CASE):
        held = any(hold.lifted_at is None for hold in await holds.holds_of(desk))
        shown.sections.append(Section(140, "hold.title", f"hold.section.{'held' if held else 'free'}", f"{here}/hold"))
