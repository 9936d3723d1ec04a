"""What the checklist adds to the page of a case: how far it is."""

from multiagency.cases.events import CaseShown, Section
from multiagency.kernel.work import Work
from multiagency.risk import service


async def show_section(work: Work, shown: CaseShown) -> None:
    """Add the line about the checklist to the page of a case, where risk data is in sight."""
    view = await service.read_assessment(shown.desk)
    if view is not None:
        href = f"/cases/{shown.desk.case.reference}/checklist"
        shown.sections.append(Section(20, "risk.title", f"risk.state.{view.state}", href))
