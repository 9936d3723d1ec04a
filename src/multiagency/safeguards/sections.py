"""What stands around a case on its page: protected address, own conflict of interest, handing over, emergencies."""

from multiagency.cases.desk import Desk
from multiagency.cases.events import CaseShown, Section
from multiagency.cases.reading import protected
from multiagency.kernel.access import Act, Capability
from multiagency.kernel.work import Work
from multiagency.safeguards.service_break_glass import openings


async def show_section(work: Work, shown: CaseShown) -> None:
    """Add a line for each of them that the actor may use."""
    desk = shown.desk
    here = f"/cases/{desk.case.reference}"
    if desk.may(Act.PROTECT_ADDRESS):
        state = "protected" if await protected(desk) else "not_protected"
        shown.sections.append(Section(12, "protection.title", f"protection.state.{state}", f"{here}/protection"))
    if desk.may(Act.DECLARE_CONFLICT):
        shown.sections.append(Section(110, "conflict.title", "conflict.section", f"{here}/conflict"))
    if desk.may(Act.REASSIGN_CASE):
        shown.sections.append(Section(120, "reassignment.title", "reassignment.section", f"{here}/reassignment"))
    await _show_openings(desk, shown)


async def _show_openings(desk: Desk, shown: CaseShown) -> None:
    if Capability.COORDINATE in desk.capabilities and await openings(desk):
        href = f"/cases/{desk.case.reference}/break-glass"
        shown.sections.append(Section(1, "break_glass.openings", "break_glass.section", href))
