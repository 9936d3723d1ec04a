"""Steps about prosecution: closed while the client is below the age of criminal responsibility.

Criminal Code 39/1889 chapter 3 section 4: for a deed before that age nobody answers. Child welfare is the way then. The
service knows no day of a deed: it asks the age of today, and people must ask that of the day of the deed.
"""

from multiagency.cases.desk import Desk
from multiagency.cases.questions import MayMove
from multiagency.consent.reading_deciding import client_age
from multiagency.kernel.errors import FieldError
from multiagency.pathways.service import law


async def closed_to_the_young(asked: MayMove) -> list[FieldError]:
    """Veto a move about prosecution for somebody below the age, and as long as their age is not known."""
    model, stage = asked.desk.model, asked.desk.case.stage
    if not model.allows(stage, asked.to) or not model.move(stage, asked.to).about_prosecution:
        return []
    return await no_prosecution(asked.desk, "to")


async def no_prosecution(desk: Desk, field: str) -> list[FieldError]:
    """Return why a step about prosecution is closed in this case; nothing where it is open."""
    years, least = (await client_age(desk)).years, await law(desk.work, "criminal_age")
    if years is None:
        return [FieldError(field, "prosecution.age_first")]
    return [FieldError(field, "prosecution.too_young", {"years": least})] if years < least else []
