"""What guardians add to the page of a case: whether it stands who decides."""

from multiagency.cases.questions import PageSections, Section
from multiagency.consent.reading import may_concern_guardians
from multiagency.consent.reading_deciding import undecided
from multiagency.kernel.access import Act, Kind


async def sections(asked: PageSections) -> list[Section]:
    """Add the line about guardians to the page of a case that asks who decides."""
    desk = asked.desk
    if Kind.CONSENT not in desk.kinds or not desk.may(Act.SEE_GUARDIANS) or not await may_concern_guardians(desk):
        return []
    state = "state.not_yet" if await undecided(desk) else "state.done"
    return [Section(8, "guardians.title", state, f"/cases/{desk.case.reference}/guardians")]
