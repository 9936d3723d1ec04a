"""What stands around a case on its page: protected address, own conflict of interest, handing over, emergencies."""

from multiagency.cases.desk import Desk
from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading import protected
from multiagency.cases.reading_first import First, LookAhead, first_row
from multiagency.cases.reading_holders import STEERING
from multiagency.kernel.access import Act
from multiagency.safeguards.service_break_glass import unanswered_first
from multiagency.safeguards.service_handing_over import mine_to_hand_over


async def ahead(asked: LookAhead) -> list[First]:
    """Want the openings in an emergency."""
    return [unanswered_first] if asked.desk.capabilities & STEERING else []


async def sections(asked: PageSections) -> list[Section]:
    """Add a line for each of them that the actor may use."""
    found: list[Section] = []
    desk = asked.desk
    here = f"/cases/{desk.case.reference}"
    if desk.may(Act.PROTECT_ADDRESS):
        state = "protected" if await protected(desk) else "not_protected"
        found.append(Section(12, "protection.title", f"protection.state.{state}", f"{here}/protection"))
    if desk.may(Act.DECLARE_CONFLICT):
        found.append(Section(110, "conflict.title", "conflict.section", f"{here}/conflict"))
    if desk.may(Act.REASSIGN_CASE) and mine_to_hand_over(desk):
        found.append(Section(120, "reassignment.title", "reassignment.section", f"{here}/reassignment"))
    return [*found, *await _openings(desk)]


async def _openings(desk: Desk) -> list[Section]:
    row = await first_row(desk, unanswered_first) if desk.capabilities & STEERING else None
    if row is None:
        return []
    state = "waiting" if row[1] is None else "answered"
    path = f"/cases/{desk.case.reference}/break-glass"
    return [Section(1, "break_glass.openings", f"break_glass.section.{state}", path)]
