"""Lawful bases and access grants: given on an occasion, ended together with what they rest on."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update

from multiagency.cases.models import AccessGrant, Case, LawfulBasis
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.database import not_over
from multiagency.kernel.errors import Conflict
from multiagency.kernel.ids import uuid7
from multiagency.kernel.work import Work
from multiagency.people.models import Agency

OWN_RECORD, COORDINATION, CONSENT, GROUND = "own_record", "coordination", "consent", "ground"
BREAK_GLASS = "break_glass"
SHARING = (CONSENT, GROUND)
"""Reasons for which an agency is given what another recorded."""

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
    **rests_on: UUID,
) -> LawfulBasis:
    """Record that an agency may be given these kinds of data, and why; flushed, so that grants can rest on it.

    `rests_on` names what else it flows from: `ground_id` or `disclosure_id`.
    """
    basis = LawfulBasis(
        case_id=case.id,
        agency_id=agency_id,
        reason=reason,
        consent_id=consent_id,
        kinds=sorted(kinds),
        valid_from=now(),
        valid_to=valid_to,
        **rests_on,
    )
    work.session.add(basis)
    await work.session.flush()
    return basis


def grant(
    work: Work,
    basis: LawfulBasis,
    post_id: UUID,
    occasion: str,
    capability: Capability,
    kinds: Iterable[Kind],
    occasion_id: UUID | None = None,
    **period: Any,
) -> AccessGrant:
    """Give one post sight on an occasion, of no more kinds than its agency's basis holds; written with what comes next.

    `period` may say from when (`valid_from`) until when (`valid_to`), and for whose deputy it is (`deputy_id`).
    """
    given = AccessGrant(
        id=uuid7(),
        case_id=basis.case_id,
        post_id=post_id,
        basis_id=basis.id,
        occasion=occasion,
        occasion_id=occasion_id,
        capability=capability,
        kinds=sorted(set(kinds) & set(basis.kinds)),
        **{"valid_from": now(), **period},
    )
    work.session.add(given)
    return given


async def one_at_a_time(work: Work, *cases: Case) -> None:
    """Make two who change at once who sees or steers a case collide: the later one fails and is done again.

    Each sees the case as it was, so a seat could be given while its consent ends, or each of two leave the case to the
    other; writing the same row forbids that (REPEATABLE READ refuses the second, and the shield repeats it).
    """
    same = update(Case).where(Case.id.in_([case.id for case in cases])).values(stage=Case.stage)
    await work.session.execute(same, execution_options={"synchronize_session": False})


async def consent_basis(work: Work, case: Case, agency: Agency, language: str) -> LawfulBasis:
    """Return the live basis that consent, or else a ground, gave this agency, to give something on it.

    Whoever ends it at the same time collides. Raises `Conflict` naming the agency when there is none, and for the one
    that opened a case which another has taken over: it keeps what it keeps, and is given nothing more.
    """
    await one_at_a_time(work, case)
    if is_kept_short(case, agency.id):
        raise Conflict("taking_over.opener_keeps", agency=agency.name(language))
    basis = await sharing_basis(work, case, agency.id)
    if basis is None:
        raise Conflict("case.agency_not_named", agency=agency.name(language))
    return basis


def is_kept_short(case: Case, agency_id: UUID) -> bool:
    """Tell whether the agency opened a case that another has taken over: it is given no more than it keeps."""
    return case.taken_over_at is not None and agency_id == case.controller_id


async def sharing_basis(work: Work, case: Case, agency_id: UUID) -> LawfulBasis | None:
    """Return the live basis that consent, or else a ground, gave this agency, if there is one."""
    query = _live([case.id], *SHARING).where(LawfulBasis.agency_id == agency_id).order_by(LawfulBasis.reason).limit(1)
    return await work.session.scalar(query)


async def sharing_bases(work: Work, case_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], LawfulBasis]:
    """Return the same of each agency in several cases, by case and agency."""
    rows = await work.session.scalars(_live(case_ids, *SHARING).order_by(LawfulBasis.reason.desc()))
    return {(basis.case_id, basis.agency_id): basis for basis in rows}


async def consented_agencies(work: Work, case: Case) -> list[UUID]:
    """Return the ids of the agencies that hold a live basis by consent."""
    return await _agencies(work, case, CONSENT)


async def ground_agencies(work: Work, case: Case) -> list[UUID]:
    """Return the ids of the agencies that hold a live basis on a legal ground."""
    return await _agencies(work, case, GROUND)


async def sharing_agencies(work: Work, case: Case) -> list[UUID]:
    """Return the ids of the agencies that may be given what others recorded, by consent or on a ground."""
    return await _agencies(work, case, *SHARING)


async def _agencies(work: Work, case: Case, *reasons: str) -> list[UUID]:
    theirs = _live([case.id], *reasons).with_only_columns(LawfulBasis.agency_id)
    return list(await work.session.scalars(theirs.distinct()))


def _live(case_ids: Collection[UUID], *reasons: str) -> Select[LawfulBasis]:
    return select(LawfulBasis).where(
        LawfulBasis.case_id.in_(case_ids),
        LawfulBasis.reason.in_(reasons),
        LawfulBasis.ended_at.is_(None),
        not_over(LawfulBasis, now()),
    )


async def end_bases(work: Work, case: Case, moment: datetime, reasons: Collection[str] = (CONSENT,)) -> None:
    """End the bases with these reasons and the grants beneath them: the next statement sees nothing there.

    The grants go first: row security lets nobody touch a grant whose case has gone out of sight. Whoever gives
    something on them at the same time collides. `SightEnded` is for the caller to say.
    """
    await one_at_a_time(work, case)
    ended = select(LawfulBasis.id).where(LawfulBasis.case_id == case.id, LawfulBasis.reason.in_(reasons))
    for statement in (
        update(AccessGrant).where(AccessGrant.basis_id.in_(ended), AccessGrant.ended_at.is_(None)),
        update(LawfulBasis).where(LawfulBasis.id.in_(ended), LawfulBasis.ended_at.is_(None)),
    ):
        await work.session.execute(statement.values(ended_at=moment), execution_options={"synchronize_session": False})


async def end_coordination(work: Work, case: Case) -> None:
    """End what those who coordinate a case see of it, on whatever basis. `SightEnded` is for the caller to say."""
    theirs = update(AccessGrant).where(
        AccessGrant.case_id == case.id,
        AccessGrant.capability == Capability.COORDINATE,
        AccessGrant.ended_at.is_(None),
    )
    await work.session.execute(theirs.values(ended_at=now()), execution_options={"synchronize_session": False})
