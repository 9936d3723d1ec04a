"""How the client is reached, for whoever's task that is: while the task is open and its basis lives."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update

from multiagency.cases.models import AccessGrant, LawfulBasis, SafeContact
from multiagency.cases.reading import CONTACT_TEXTS
from multiagency.cases.reading_holders import posts_that_may
from multiagency.cases.service_grants import grant
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.work import Work
from multiagency.people.models import Person


@dataclass(frozen=True, slots=True)
class Reaching:
    """The contact rules, or else the names of those through whom the client is reached."""

    rules: dict[str, str | bool] | None
    through: list[str]


def show_how_to_reach(
    work: Work, shared: LawfulBasis | None, post_id: UUID, occasion: str, occasion_id: UUID, **period: Any
) -> None:
    """Let a post see the contact rules on the basis of its agency, where the client's consent covers them.

    `occasion` names the task; `period` may say `valid_to`, when it is over by itself.
    """
    if shared is not None and Kind.CONTACT in shared.kinds:
        grant(work, shared, post_id, occasion, Capability.READ, [Kind.CONTACT], occasion_id, **period)


async def stop_showing(work: Work, occasion: str, occasion_id: UUID) -> None:
    """End the sight of contact rules: the task is done, struck or another's."""
    theirs = update(AccessGrant).where(AccessGrant.occasion_id == occasion_id, AccessGrant.ended_at.is_(None))
    ending = theirs.where(AccessGrant.occasion == occasion, AccessGrant.capability == Capability.READ)
    await work.session.execute(ending.values(ended_at=now()), execution_options={"synchronize_session": False})


async def how_to_reach(work: Work, case_id: UUID) -> Reaching:
    """Return how the client of a case is reached by the actor, whose task that is.

    A protected address is for cleared posts: for anybody else, as where the consent does not cover the rules, the
    client is reached through whoever refers the case.
    """
    row = await work.session.get(SafeContact, case_id)
    if row is None:
        posts = await posts_that_may(work, case_id, Capability.REFER, Capability.COORDINATE)
        people = [await work.session.get_one(Person, post.person_id) for post in posts]
        return Reaching(None, [f"{person.name}, {post.title}" for person, post in zip(people, posts, strict=True)])
    rules: dict[str, str | bool] = {column: await work.vault.open(row, column) for column in CONTACT_TEXTS}
    return Reaching(rules | {"may_leave_message": row.may_leave_message, "language": row.language}, [])
