"""What waits in consents: those that end soon, from the day on which the service warns of them."""

from sqlalchemy import func

from multiagency.cases.desk import seen_on
from multiagency.cases.models import Case, LawfulBasis
from multiagency.cases.reading_waiting import COORDINATED, OF_A_CASE, PLACE, REFERRED
from multiagency.cases.service_grants import CONSENT
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.policy import RULES
from multiagency.kernel.waiting import NOW, Arm, WorkWanted, day_of, waits

_WARNED = (
    waits(
        "consent_ends",
        row_id=Case.id,
        **OF_A_CASE,
        due=day_of(func.min(LawfulBasis.valid_to)),
        since=func.min(LawfulBasis.warned_at),
    )
    .join(LawfulBasis, LawfulBasis.case_id == Case.id)
    .where(LawfulBasis.reason == CONSENT, LawfulBasis.ended_at.is_(None), LawfulBasis.warned_at.is_not(None))
    .where(LawfulBasis.valid_to > NOW)
    .group_by(Case.id)
)


async def waiting(asked: WorkWanted) -> list[Arm]:
    """Add what waits for somebody in this role: who refers the case may ask again, who coordinates it may hurry."""
    if RULES[Act.OPEN_CASE].role_may(asked.role):
        mine, place = REFERRED, f"{PLACE}/consent"
    elif asked.role is Role.COORDINATOR:
        mine, place = COORDINATED, PLACE
    else:
        return []
    return [Arm("consent_ends", _WARNED.where(mine), place, "cases", "mine", Kind.SHELL, seen_on)]
