"""The register of rights: who held which post and which right at any moment, and why (703/2023 section 9).

Ids, dates and codes only. A right counts when its grant, its basis and its post were alive then; a bar that stood
against its holder is shown beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, tuple_

from multiagency.cases.models import AccessBar, AccessGrant, BarExemption, LawfulBasis
from multiagency.cases.reading_references import case_with, references_of
from multiagency.kernel.access import Capability
from multiagency.kernel.errors import Invalid
from multiagency.kernel.ids import as_reference
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.people.models import Agency, Person, Post

LIMIT = 100
"""Rows of each kind at a time; a case or a person narrows it."""


@dataclass(frozen=True, slots=True)
class RightsQuestion:
    """The question: as of which moment, of one case and one person if they are named."""

    at: datetime
    case: str = ""
    person: UUID | None = None


@dataclass(frozen=True, slots=True)
class PostView:
    """A post that was held then."""

    post: UUID
    name: str
    title: str
    agency: Agency
    role: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class GrantView:
    """A right that was alive then; `barred` tells that a bar kept its holder out all the same."""

    grant: UUID
    case: str
    name: str
    title: str
    agency: Agency
    capability: str
    occasion: str
    basis: str
    kinds: list[str]
    valid_from: datetime
    valid_to: datetime | None
    barred: bool


@dataclass(frozen=True, slots=True)
class StandingBarView:
    """A bar that stood then, of a person (`name`) or an agency."""

    case: str
    name: str
    agency: Agency | None
    reason: str
    found: bool
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class Register:
    """The answer."""

    at: datetime
    posts: list[PostView]
    grants: list[GrantView]
    bars: list[StandingBarView]


async def register(work: Work, asked: RightsQuestion, limit: int = LIMIT) -> Register:
    """Return posts, rights and bars as they were. Raises `Invalid` for a text that is no case's reference."""
    case_id = await _case_id(work, asked.case)
    work.record(Mode.READ, case_id=case_id, case_reference=as_reference(asked.case) if case_id else None)
    return Register(
        asked.at,
        await _posts(work, asked, case_id, limit),
        await _grants(work, asked, case_id, limit),
        await _bars(work, asked, case_id, limit),
    )


async def _case_id(work: Work, typed: str) -> UUID | None:
    if not typed:
        return None
    wanted = as_reference(typed)
    if not wanted:
        raise Invalid.of("case", "audit.not_a_reference")
    found = await case_with(work, wanted)
    if found is None:
        raise Invalid.of("case", "rights.unknown_case")
    return found


def _alive(at: datetime, *rows: Any) -> ColumnElement[bool]:
    """Tell for rows with a period, and perhaps an early end, that they were alive then."""
    conditions = []
    for row in rows:
        ends = [row.valid_to] + ([row.ended_at] if hasattr(row, "ended_at") else [])
        conditions += [row.valid_from <= at, *(or_(end.is_(None), end > at) for end in ends)]
    return and_(*conditions)


async def _posts(work: Work, asked: RightsQuestion, case_id: UUID | None, limit: int) -> list[PostView]:
    query = (
        select(Post.id, Person.name, Post.title, Agency, Post.role, Post.valid_from, Post.valid_to)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(_alive(asked.at, Post))
        .order_by(Agency.name_fi, Person.name)
        .limit(limit)
    )
    if asked.person is not None:
        query = query.where(Post.person_id == asked.person)
    if case_id is not None:
        holding = select(AccessGrant.post_id).where(AccessGrant.case_id == case_id, _alive(asked.at, AccessGrant))
        query = query.where(Post.id.in_(holding))
    return [PostView(*row) for row in await work.session.execute(query)]


async def _grants(work: Work, asked: RightsQuestion, case_id: UUID | None, limit: int) -> list[GrantView]:
    query = (
        select(AccessGrant, LawfulBasis, Post.title, Person.name, Agency, _kept_out(asked.at))
        .join(LawfulBasis, LawfulBasis.id == AccessGrant.basis_id)
        .join(Post, Post.id == AccessGrant.post_id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(_alive(asked.at, AccessGrant, LawfulBasis, Post))
        .where(
            or_(
                AccessGrant.capability != Capability.COORDINATE,
                tuple_(AccessGrant.occasion_id, AccessGrant.post_id).in_(people.coordinating(asked.at)),
            )
        )
        .order_by(AccessGrant.case_id, Agency.name_fi, Person.name, AccessGrant.id)
        .limit(limit)
    )
    if asked.person is not None:
        query = query.where(Post.person_id == asked.person)
    if case_id is not None:
        query = query.where(AccessGrant.case_id == case_id)
    rows = (await work.session.execute(query)).all()
    references = await references_of(work, {grant.case_id for grant, *_ in rows})
    return [
        GrantView(
            grant=grant.id,
            case=references.get(grant.case_id, ""),
            name=name,
            title=title,
            agency=agency,
            capability=grant.capability,
            occasion=grant.occasion,
            basis=basis.reason,
            kinds=sorted(set(grant.kinds) & set(basis.kinds)),
            valid_from=grant.valid_from,
            valid_to=_earliest(grant.valid_to, grant.ended_at, basis.valid_to, basis.ended_at),
            barred=barred,
        )
        for grant, basis, title, name, agency, barred in rows
    ]


def _kept_out(at: datetime) -> ColumnElement[bool]:
    """Tell whether a bar stood then against the holder of a grant, by name or as one of a barred agency."""
    excused = select(BarExemption.id).where(
        BarExemption.bar_id == AccessBar.id,
        BarExemption.person_id == Post.person_id,
        BarExemption.given_at <= at,
    )
    bars = select(AccessBar.id).where(AccessBar.case_id == AccessGrant.case_id, _alive(at, AccessBar))
    against = or_(
        AccessBar.person_id == Post.person_id,
        and_(AccessBar.agency_id == Post.agency_id, ~excused.correlate(AccessBar, Post).exists()),
    )
    return bars.where(against).correlate(AccessGrant, Post).exists()


async def _bars(work: Work, asked: RightsQuestion, case_id: UUID | None, limit: int) -> list[StandingBarView]:
    query = (
        select(AccessBar, Person.name, Agency)
        .outerjoin(Person, Person.id == AccessBar.person_id)
        .outerjoin(Agency, Agency.id == AccessBar.agency_id)
        .where(_alive(asked.at, AccessBar))
        .order_by(AccessBar.case_id, AccessBar.valid_from)
        .limit(limit)
    )
    if asked.person is not None:
        query = query.where(AccessBar.person_id == asked.person)
    if case_id is not None:
        query = query.where(AccessBar.case_id == case_id)
    rows = (await work.session.execute(query)).all()
    references = await references_of(work, {bar.case_id for bar, *_ in rows})
    return [
        StandingBarView(references.get(r.case_id, ""), name or "", agency, r.reason, r.found, r.valid_from, r.valid_to)
        for r, name, agency in rows
    ]


def _earliest(*ends: datetime | None) -> datetime | None:
    return min((end for end in ends if end is not None), default=None)


async def everybody(work: Work) -> Sequence[tuple[UUID, str]]:
    """Return every member of staff by name, to choose from: a name would not belong into an address."""
    return [
        (who, name) for who, name in await work.session.execute(select(Person.id, Person.name).order_by(Person.name))
    ]
