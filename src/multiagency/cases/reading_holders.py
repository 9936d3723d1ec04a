"""Who holds living grants on a case: as those who steer it see them, and as anybody in it may ask whom to turn to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, cast, func, or_, select, tuple_

from multiagency.cases.desk import Desk
from multiagency.cases.models import AccessGrant, LawfulBasis
from multiagency.kernel.access import Capability
from multiagency.kernel.clock import now
from multiagency.kernel.database import not_over
from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.people.models import Agency, Person, Post
from multiagency.people.reading import Colleague

STEERING = frozenset({Capability.REFER, Capability.COORDINATE})
"""Capabilities whose holders look after a case; it must never be left without one."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A living grant, with its basis and the person behind its post. Bars are not asked here."""

    grant: AccessGrant
    basis: LawfulBasis
    colleague: Colleague


def living(desk: Desk) -> Select[AccessGrant, LawfulBasis]:
    """Return the query for the living grants of a case with their living bases, as far as they are in sight."""
    moment = now()
    return (
        select(AccessGrant, LawfulBasis)
        .join(LawfulBasis, LawfulBasis.id == AccessGrant.basis_id)
        .where(AccessGrant.case_id == desk.case.id, AccessGrant.ended_at.is_(None), LawfulBasis.ended_at.is_(None))
        .where(not_over(AccessGrant, moment))
        .where(not_over(LawfulBasis, moment))
    )


async def holders(desk: Desk, capabilities: Collection[Capability] = frozenset(Capability)) -> list[Holder]:
    """Return who holds such grants: all of them for those who steer the case, otherwise one's own."""
    query = (
        living(desk)
        .add_columns(Post, Person, Agency)
        .join(Post, Post.id == AccessGrant.post_id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(AccessGrant.capability.in_(capabilities))
        .where(
            or_(
                AccessGrant.capability != Capability.COORDINATE,
                tuple_(AccessGrant.occasion_id, AccessGrant.post_id).in_(people.coordinating(now())),
            )
        )
        .where(not_over(Post, now()))
        .order_by(Agency.name_fi, Person.name)
    )
    rows = (await desk.work.session.execute(query)).all()
    return [Holder(grant, basis, Colleague(*who)) for grant, basis, *who in rows]


async def whom_to_ask(desk: Desk, language: str) -> list[str]:
    """Return title and agency of the posts that refer the case, for anybody who holds a grant on it."""
    ids = _posts_that_may(desk.case.id, Capability.REFER)
    query = select(Post.title, Agency).join(Agency, Agency.id == Post.agency_id).where(Post.id.in_(ids))
    return [f"{title}, {agency.name(language)}" for title, agency in await desk.work.session.execute(query)]


async def posts_that_may(work: Work, case_id: UUID, *capabilities: Capability) -> Sequence[Post]:
    """Return the posts that hold one of these capabilities and are not kept out; for a case in sight, or the worker."""
    query = select(Post).where(Post.id.in_(_posts_that_may(case_id, *capabilities))).order_by(Post.id)
    return (await work.session.scalars(query)).all()


def _posts_that_may(case_id: UUID, *capabilities: Capability) -> Select[UUID]:
    wanted = cast(list(capabilities), ARRAY(Text))
    return select(func.posts_that_may(case_id, wanted))
