"""Lawful bases and access grants: given on an occasion, ended together with what they rest on."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update

from multiagency.cases.models import AccessGrant, Case, LawfulBasis
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict
from multiagency.kernel.work import Work
from multiagency.people.models import Agency

OWN_RECORD, COORDINATION, CONSENT = "own_record", "coordination", "consent"

COORDINATION_KINDS = frozenset({Kind.SHELL, Kind.MEETING})
"""What a coordinator keeps when consent is withdrawn: reference, stage and dates, and who sat where."""
TABLE_KINDS = frozenset({Kind.SHELL, Kind.MEETING, Kind.MINUTES, Kind.ACTION})
"""What a seat shows beside the kinds of data that the consent names."""


async def give_basis(
    work: Work,
    case: Case,
    agency_id: UUID,
    reason: str,
    kinds: Iterable[Kind],
    consent_id: UUID | None = None,
    valid_to: datetime | None = None,
) -> LawfulBasis:
    """Record that an agency may be given these kinds of data, and why; flushed, so that grants can rest on it."""
    basis = LawfulBasis(
        case_id=case.id,
        agency_id=agency_id,
        reason=reason,
        consent_id=consent_id,
        kinds=sorted(kinds),
        valid_from=now(),
        valid_to=valid_to,
    )
    work.session.add(basis)
    await work.session.flush()
    return basis


async def grant(
    work: Work,
    basis: LawfulBasis,
    post_id: UUID,
    occasion: str,
    capability: Capability,
    kinds: Iterable[Kind],
    occasion_id: UUID | None = None,
) -> AccessGrant:
    """Give one post sight on an occasion, of no more kinds than its agency's basis holds."""
    given = AccessGrant(
        case_id=basis.case_id,
        post_id=post_id,
        basis_id=basis.id,
        occasion=occasion,
        occasion_id=occasion_id,
        capability=capability,
        kinds=sorted(set(kinds) & set(basis.kinds)),
        valid_from=now(),
    )
    work.session.add(given)
    await work.session.flush()
    return given


async def consent_basis(work: Work, case: Case, agency: Agency, language: str) -> LawfulBasis:
    """Return the live basis that consent gave this agency. Raises `Conflict` naming the agency when there is none."""
    query = select(LawfulBasis).where(*_living_by_consent(case), LawfulBasis.agency_id == agency.id)
    basis = await work.session.scalar(query)
    if basis is None:
        raise Conflict("case.agency_not_named", agency=agency.name(language))
    return basis


async def consented_agencies(work: Work, case: Case) -> list[UUID]:
    """Return the ids of the agencies that hold a live basis by consent."""
    return list(await work.session.scalars(select(LawfulBasis.agency_id).where(*_living_by_consent(case))))


def _living_by_consent(case: Case) -> tuple[ColumnElement[bool], ...]:
    return (
        LawfulBasis.case_id == case.id,
        LawfulBasis.reason == CONSENT,
        LawfulBasis.ended_at.is_(None),
        or_(LawfulBasis.valid_to.is_(None), LawfulBasis.valid_to > now()),
    )


async def end_consent_bases(work: Work, case: Case, moment: datetime, agency_id: UUID | None = None) -> None:
    """End the bases that flow from consent and the grants beneath them: the next statement sees nothing there.

    All of them, or those of one agency. The grants go first: row security lets nobody touch a grant whose case has
    gone out of sight.
    """
    ended = select(LawfulBasis.id).where(LawfulBasis.case_id == case.id, LawfulBasis.reason == CONSENT)
    if agency_id is not None:
        ended = ended.where(LawfulBasis.agency_id == agency_id)
    grants = update(AccessGrant).where(AccessGrant.basis_id.in_(ended), AccessGrant.ended_at.is_(None))
    await work.session.execute(grants.values(ended_at=moment), execution_options={"synchronize_session": False})
    bases = update(LawfulBasis).where(LawfulBasis.id.in_(ended), LawfulBasis.ended_at.is_(None))
    await work.session.execute(bases.values(ended_at=moment), execution_options={"synchronize_session": False})
