"""Bars: a person or an agency kept out of a case, whatever they hold; the database asks at every read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, literal, select, union_all

from multiagency.cases.desk import Desk
from multiagency.cases.events import SightEnded
from multiagency.cases.forms import BarForm
from multiagency.cases.models import AccessBar, BarExemption
from multiagency.cases.reading_first import once
from multiagency.cases.service_grants import one_at_a_time
from multiagency.kernel.clock import now
from multiagency.kernel.database import holds_at, not_over
from multiagency.kernel.errors import Invalid
from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.people.models import Agency, Person, Post
from multiagency.people.reading import Colleague

_SAID_AS = dict.fromkeys(
    ("close_to_a_party", "represents_a_party", "own_interest", "other_conflict"), "conflict_of_interest"
)
"""What somebody declared of themselves is said to others as a conflict of interest, no more."""


@dataclass(frozen=True, slots=True)
class BarView:
    """Who is kept out, why, and since when; `agency` tells that it is a whole agency, `exempt` who of it may stay."""

    id: UUID
    name: str
    reason: str
    since: datetime
    found: bool
    agency: bool
    exempt: list[str] = field(default_factory=list)


async def bar(desk: Desk, form: BarForm) -> None:
    """Keep a person out from this moment: their seats end, and their calendar is told without saying why.

    Raises `Invalid` for an unknown person, for oneself (one declares one's own conflict), and for one barred already.
    """
    colleague = await people.known_colleague(desk.work, form.post, "post", people.TO_BE_BARRED)
    if colleague.person.id == desk.work.actor.person_id:
        raise Invalid.of("post", "bar.not_yourself")
    await must_not_be_barred(desk, colleague, "post")
    await keep_out(desk, colleague.person.id, form.reason, desk.work.actor.post_id)


async def keep_out(desk: Desk, person_id: UUID, reason: str, set_by_id: UUID | None, *, found: bool = False) -> None:
    """Bar a person: what they held at a table ends with it, and does not come back when the bar is lifted one day."""
    await one_at_a_time(desk.work, desk.case)
    row = AccessBar(
        case_id=desk.case.id,
        person_id=person_id,
        reason=reason,
        found=found,
        set_by_id=set_by_id,
        valid_from=now(),
    )
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote()
    await desk.work.publish(SightEnded(desk))


async def barred(desk: Desk) -> dict[UUID, str]:
    """Return the persons whom a living bar keeps out with its reason: by name, or as members of a barred agency."""
    return (await once(desk, _barred))[desk.case.id]


async def _barred(desk: Desk) -> dict[UUID, dict[UUID, str]]:
    return await barred_from(desk.work, [desk.case.id])


async def barred_from(work: Work, case_ids: Collection[UUID]) -> dict[UUID, dict[UUID, str]]:
    """Return the same of several cases, by case."""
    by_name = select(AccessBar.case_id, AccessBar.person_id, AccessBar.reason, literal(1).label("by_name"))
    excused = select(BarExemption.id).where(
        BarExemption.bar_id == AccessBar.id, BarExemption.person_id == Post.person_id
    )
    of_agencies = (
        select(AccessBar.case_id, Post.person_id, AccessBar.reason, literal(0))
        .join(AccessBar, AccessBar.agency_id == Post.agency_id)
        .where(holds_at(Post, now()), ~excused.exists(), *_living(case_ids))
    )
    both: CompoundSelect[UUID, UUID, str, int] = union_all(
        by_name.where(AccessBar.person_id.is_not(None), *_living(case_ids)), of_agencies
    )
    out: dict[UUID, dict[UUID, str]] = {case_id: {} for case_id in case_ids}
    for case_id, person_id, reason, _ in await work.session.execute(both.order_by("by_name")):
        out[case_id][person_id] = reason
    return out


async def must_not_be_barred(desk: Desk, colleague: Colleague, field: str) -> None:
    """Raise `Invalid` naming `field` and the reason when the person is kept out of the case."""
    reason = (await barred(desk)).get(colleague.person.id)
    if reason is not None:
        raise kept_out(reason, colleague, field)


def kept_out(reason: str, colleague: Colleague, field: str) -> Invalid:
    """Return what is raised for somebody who is kept out."""
    return Invalid.of(field, f"bar.kept_out.{_SAID_AS.get(reason, reason)}", name=colleague.person.name)


async def not_barred(desk: Desk, choices: Sequence[Colleague]) -> list[Colleague]:
    """Return those of the colleagues who may be chosen for this case."""
    out = await barred(desk)
    return [colleague for colleague in choices if colleague.person.id not in out]


async def bars_of(desk: Desk, language: str) -> list[BarView]:
    """Return the living bars of a case, the oldest first."""
    query = (
        select(AccessBar, Person, Agency)
        .outerjoin(Person, Person.id == AccessBar.person_id)
        .outerjoin(Agency, Agency.id == AccessBar.agency_id)
        .where(*_living([desk.case.id]))
        .order_by(AccessBar.valid_from, AccessBar.id)
    )
    rows = (await desk.work.session.execute(query)).all()
    exempt = await _exempt(desk)
    return [
        BarView(
            id=row.id,
            name=agency.name(language) if agency else person.name,
            reason=row.reason,
            since=row.valid_from,
            found=row.found,
            agency=agency is not None,
            exempt=exempt.get(row.id, []),
        )
        for row, person, agency in rows
    ]


async def _exempt(desk: Desk) -> dict[UUID, list[str]]:
    query = (
        select(BarExemption.bar_id, Person.name)
        .join(Person, Person.id == BarExemption.person_id)
        .where(BarExemption.case_id == desk.case.id)
        .order_by(Person.name)
    )
    found: dict[UUID, list[str]] = {}
    for bar_id, name in await desk.work.session.execute(query):
        found.setdefault(bar_id, []).append(name)
    return found


def _living(case_ids: Collection[UUID]) -> tuple[ColumnElement[bool], ...]:
    return AccessBar.case_id.in_(case_ids), not_over(AccessBar, now())
