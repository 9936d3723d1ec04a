"""What the agreement on a meeting adds to the page of a case: whether everybody has agreed."""

from multiagency.cases.desk import Desk
from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading_first import First, LookAhead
from multiagency.consent.reading_agreement import asked_to_meet, asks_agreement
from multiagency.kernel.access import Act, Kind


async def ahead(asked: LookAhead) -> list[First]:
    """Want nothing: whoever is asked is several rows."""
    return []


def _is_shown(desk: Desk) -> bool:
    return (
        asks_agreement(desk.model)
        and Kind.CONSENT in desk.kinds
        and not desk.is_over
        and desk.may(Act.RECORD_AGREEMENT)
    )


async def sections(asked: PageSections) -> list[Section]:
    """Add the line about the agreement where the model asks for one."""
    desk = asked.desk
    if not _is_shown(desk):
        return []
    agreed = all(one.agrees for one in await asked_to_meet(desk))
    state = "state.done" if agreed else "state.not_yet"
    return [Section(12, "agreement.title", state, f"/cases/{desk.case.reference}/agreement")]
