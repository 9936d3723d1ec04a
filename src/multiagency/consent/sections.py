"""What consent adds to the page of a case: how far it is."""

from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading_first import First, LookAhead
from multiagency.consent.reading_deciding import a_guardian, judgement
from multiagency.consent.reading_statements import read_gate, state_of_case
from multiagency.kernel.access import Kind


async def ahead(asked: LookAhead) -> list[First]:
    """Want who decides."""
    return [judgement, a_guardian] if Kind.CONSENT in asked.desk.kinds else []


async def sections(asked: PageSections) -> list[Section]:
    """Add the line about consent to the page of a case, where consent is in sight."""
    desk = asked.desk
    if Kind.CONSENT not in desk.kinds:
        return []
    state = state_of_case(desk, await read_gate(desk))
    return [Section(10, "consent.title", f"consent.state.{state}", f"/cases/{desk.case.reference}/consent")]
