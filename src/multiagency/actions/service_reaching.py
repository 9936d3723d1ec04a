"""How the client is reached, for the owner of an action whose task that is: while it is open and its basis lives."""

from dataclasses import dataclass

from sqlalchemy import update

from multiagency.actions.models import PlannedAction
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


async def show_how_to_reach(work: Work, action: PlannedAction, shared: LawfulBasis | None) -> None:
    """Let the owner see the contact rules on the basis of their agency, where the client's consent covers them."""
    if action.reaches_client and shared is not None and Kind.CONTACT in shared.kinds:
        grant(work, shared, action.owner_id, "action", Capability.READ, [Kind.CONTACT], action.id)


async def stop_showing(work: Work, action: PlannedAction) -> None:
    """End the sight of contact rules: the action is done, struck or another's."""
    mine = update(AccessGrant).where(AccessGrant.occasion_id == action.id, AccessGrant.ended_at.is_(None))
    ending = mine.where(AccessGrant.occasion == "action", AccessGrant.capability == Capability.READ)
    await work.session.execute(ending.values(ended_at=now()), execution_options={"synchronize_session": False})


async def how_to_reach(work: Work, action: PlannedAction) -> Reaching | None:
    """Return how the owner reaches the client; None where that is not the task, or the action is open no more.

    A protected address is for cleared posts: for anybody else the client is reached through whoever refers the case.
    """
    if not action.reaches_client or action.state != "open":
        return None
    row = await work.session.get(SafeContact, action.case_id)
    if row is None:
        posts = await posts_that_may(work, action.case_id, Capability.REFER, Capability.COORDINATE)
        people = [await work.session.get_one(Person, post.person_id) for post in posts]
        return Reaching(None, [f"{person.name}, {post.title}" for person, post in zip(people, posts, strict=True)])
    rules: dict[str, str | bool] = {column: await work.vault.open(row, column) for column in CONTACT_TEXTS}
    return Reaching(rules | {"may_leave_message": row.may_leave_message, "language": row.language}, [])
