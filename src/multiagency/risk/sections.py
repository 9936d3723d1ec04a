"""What the checklist adds to the page of a case: how far it is."""

from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading_first import First, LookAhead
from multiagency.kernel.access import Kind
from multiagency.risk import service


async def ahead(asked: LookAhead) -> list[First]:
    """Want the newest version."""
    return [service.newest_assessment] if Kind.RISK in asked.desk.kinds else []


async def sections(asked: PageSections) -> list[Section]:
    """Add the line about the checklist to the page of a case, where risk data is in sight."""
    view = await service.read_assessment(asked.desk)
    if view is None:
        return []
    href = f"/cases/{asked.desk.case.reference}/checklist"
    return [Section(20, "risk.title", f"risk.state.{view.state}", href)]
