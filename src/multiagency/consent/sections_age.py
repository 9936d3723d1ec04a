"""What the client's age adds to the page of a case: the band of ages of its model, and that prosecution is closed."""

from multiagency.cases.desk import Desk
from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading_first import First, LookAhead
from multiagency.consent.reading_deciding import client_age
from multiagency.consent.service_prosecution import no_prosecution
from multiagency.kernel.access import Act, Kind


async def ahead(_: LookAhead) -> list[First]:
    """Want nothing: the client is known wherever they are in sight."""
    return []


async def sections(asked: PageSections) -> list[Section]:
    """Add the band, beside who decides; and that child welfare is the way where nothing about prosecution is."""
    desk = asked.desk
    if Kind.IDENTITY not in desk.kinds or desk.is_over:
        return []
    return [*await _band(desk), *await _closed(desk)]


async def _band(desk: Desk) -> list[Section]:
    bands = desk.model.target.bands
    years = (await client_age(desk)).years if bands and desk.may(Act.SEE_GUARDIANS) else None
    begun = [name for name in bands if years is not None and years >= await desk.number(name)]
    band = f"model.{desk.model.code}.band.{begun[-1]}" if begun else ""
    return [Section(7, "target.band", band, f"/cases/{desk.case.reference}/guardians")] if band else []


async def _closed(desk: Desk) -> list[Section]:
    model = desk.model
    flagged = [*(way.about_prosecution for way in model.moves), *(one.about_prosecution for one in model.outcomes)]
    if not any(flagged) or not await no_prosecution(desk, ""):
        return []
    return [Section(16, "prosecution.title", "prosecution.closed", f"/cases/{desk.case.reference}/child-welfare")]
