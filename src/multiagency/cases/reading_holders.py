"""Who holds living grants on a case: as those who steer it see them, and as anybody in it may ask whom to turn to."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select, tuple_

from multiagency.cases.desk import Desk
from multiagency.cases.models import AccessGrant, LawfulBasis
from multiagency.kernel.access import Capability
from multiagency.kernel.clock import now
from multiagency.kernel.database import not_over
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
    ids = select(func.referring_posts(desk.case.id))
    query = select(Post.title, Agency).join(Agency, Agency.id == Post.agency_id).where(Post.id.in_(ids))
    return [f"{title}, {agency.name(language)}" for title, agency in await desk.work.session.execute(query)]
