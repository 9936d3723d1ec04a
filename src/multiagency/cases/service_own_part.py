"""What an agency lawfully wrote stays in its own part, also when consent is withdrawn (703/2023 section 48)."""

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.models import AccessGrant, LawfulBasis
from multiagency.cases.service_grants import OWN_RECORD, give_basis, grant
from multiagency.kernel.access import Capability, Kind

OWN_PART = "own_part"
_KINDS = frozenset({Kind.SHELL, Kind.NARRATIVE})


async def keep_own_part(desk: Desk) -> None:
    """Give the author's agency its own record of the part and the author sight of it; again changes nothing."""
    work, case = desk.work, desk.case
    record = select(LawfulBasis).where(
        LawfulBasis.case_id == case.id,
        LawfulBasis.agency_id == work.actor.agency_id,
        LawfulBasis.reason == OWN_RECORD,
        LawfulBasis.kinds == sorted(_KINDS),
        LawfulBasis.ended_at.is_(None),
    )
    basis = await work.session.scalar(record.limit(1))
    if basis is None:
        basis = await give_basis(work, case, work.actor.agency_id, OWN_RECORD, _KINDS)
    held = select(AccessGrant.id).where(
        AccessGrant.basis_id == basis.id, AccessGrant.post_id == work.actor.post_id, AccessGrant.ended_at.is_(None)
    )
    if await work.session.scalar(held.limit(1)) is None:
        grant(work, basis, work.actor.post_id, OWN_PART, Capability.READ, _KINDS)
