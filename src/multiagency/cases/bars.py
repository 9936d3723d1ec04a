"""Bars: a person kept out of a case, whatever basis or grant they hold. The database asks at every read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select

from multiagency.cases.desk import Desk
from multiagency.cases.events import PersonBarred
from multiagency.cases.forms import BarForm
from multiagency.cases.models import AccessBar
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Invalid
from multiagency.people import service as people
from multiagency.people.models import Person
from multiagency.people.service import Colleague


@dataclass(frozen=True, slots=True)
class BarView:
    """Who is kept out, why, and since when."""

    name: str
    reason: str
    since: datetime


async def bar(desk: Desk, form: BarForm) -> None:
    """Keep a person out from this moment: their seats end, and their calendar is told without saying why.

    Raises `Invalid` for an unknown person, for oneself (who steers the case would lock it), and for one barred already.
    """
    colleague = await people.known_colleague(desk.work, form.post, "post")
    if colleague.person.id == desk.work.actor.person_id:
        raise Invalid.of("post", "bar.not_yourself")
    await must_not_be_barred(desk, colleague, "post")
    await bar_person(desk, colleague.person.id, form.reason)


async def bar_person(desk: Desk, person_id: UUID, reason: str) -> None:
    """Keep a person out from this moment, for a reason that somebody gave or that the service found."""
    desk.work.session.add(AccessBar(case_id=desk.case.id, person_id=person_id, reason=reason, valid_from=now()))
    await desk.work.session.flush()
    desk.wrote()
    await desk.work.publish(PersonBarred(desk, person_id))


async def barred_people(desk: Desk) -> set[UUID]:
    """Return the ids of the persons whom a living bar keeps out."""
    return set(await desk.work.session.scalars(_living(desk).with_only_columns(AccessBar.person_id)))


async def must_not_be_barred(desk: Desk, colleague: Colleague, field: str) -> None:
    """Raise `Invalid` naming `field` when the person is kept out of the case."""
    if colleague.person.id in await barred_people(desk):
        raise Invalid.of(field, "bar.kept_out", name=colleague.person.name)


async def not_barred(desk: Desk, choices: Sequence[Colleague]) -> list[Colleague]:
    """Return those of the colleagues who may be chosen for this case."""
    out = await barred_people(desk)
    return [colleague for colleague in choices if colleague.person.id not in out]


async def bars_of(desk: Desk) -> list[BarView]:
    """Return the living bars of a case, the oldest first."""
    query = _living(desk).join(Person, Person.id == AccessBar.person_id).order_by(AccessBar.valid_from)
    rows = await desk.work.session.execute(query.with_only_columns(Person.name, AccessBar.reason, AccessBar.valid_from))
    return [BarView(*row) for row in rows]


def _living(desk: Desk) -> Select[AccessBar]:
    return select(AccessBar).where(
        AccessBar.case_id == desk.case.id, or_(AccessBar.valid_to.is_(None), AccessBar.valid_to > now())
    )
