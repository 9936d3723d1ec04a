"""What guardians add to the page of a case: whether it stands who decides."""

from multiagency.cases.events import CaseShown, Section
from multiagency.consent.reading import may_concern_guardians
from multiagency.consent.reading_deciding import undecided
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.work import Work


async def show_section(work: Work, shown: CaseShown) -> None:
    """Add the line about guardians to the page of a case that asks who decides."""
    desk = shown.desk
    if Kind.CONSENT not in desk.kinds or not desk.may(Act.SEE_GUARDIANS) or not await may_concern_guardians(desk):
        return
    state = "state.not_yet" if await undecided(desk) else "state.done"
    shown.sections.append(Section(8, "guardians.title", state, f"/cases/{desk.case.reference}/guardians"))
