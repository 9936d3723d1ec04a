"""What guardians add to the page of a case: whether it stands who decides."""

from multiagency.cases.desk import Desk
from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading_first import First, LookAhead
from multiagency.consent.reading import guardian_among_parties, may_concern_guardians
from multiagency.consent.reading_deciding import undecided
from multiagency.kernel.access import Act, Kind


async def ahead(asked: LookAhead) -> list[First]:
    """Want anybody recorded as a guardian, where people are in sight."""
    desk = asked.desk
    return [guardian_among_parties] if _is_shown(desk) and Kind.PARTY in desk.kinds else []


def _is_shown(desk: Desk) -> bool:
    return Kind.CONSENT in desk.kinds and desk.may(Act.SEE_GUARDIANS)


async def sections(asked: PageSections) -> list[Section]:
    """Add the line about guardians to the page of a case that asks who decides."""
    desk = asked.desk
    if not _is_shown(desk) or not await may_concern_guardians(desk):
        return []
    state = "state.not_yet" if await undecided(desk) else "state.done"
    return [Section(8, "guardians.title", state, f"/cases/{desk.case.reference}/guardians")]
