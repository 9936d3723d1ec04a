"""How whoever sat at a case records at home what its minutes say: what was instructed, and who has not confirmed it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.consent.reading_instructions import InstructionView, opened, people_meant
from multiagency.kernel.work import Work
from multiagency.meetings.models import AgendaItem, MinutesInstruction, MinutesRecorded, Seat
from multiagency.people.models import Person, Post


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who sat at a case and has not confirmed how its minutes are recorded."""

    case_id: UUID
    item_id: UUID
    post_id: UUID
    name: str


async def newest(work: Work, case_ids: Collection[UUID]) -> dict[UUID, MinutesInstruction]:
    """Return the newest instruction in sight of each place on an agenda that has one, by that place."""
    query = (
        select(MinutesInstruction)
        .where(MinutesInstruction.case_id.in_(case_ids))
        .order_by(MinutesInstruction.given_at, MinutesInstruction.id)
    )
    return {row.agenda_item_id: row for row in await work.session.scalars(query)} if case_ids else {}


async def instructions_of(desk: Desk) -> dict[UUID, tuple[MinutesInstruction, InstructionView]]:
    """Return how the minutes of a case are recorded, by the place on an agenda; `waits` is about the actor."""
    given = await newest(desk.work, [desk.case.id])
    if not given:
        return {}
    named, me = await people_meant(desk.work, given.values()), desk.work.actor.post_id
    mine = select(MinutesRecorded).where(MinutesRecorded.case_id == desk.case.id, MinutesRecorded.post_id == me)
    done = {row.instruction_id: row.recorded_at for row in await desk.work.session.scalars(mine)}
    seats = select(Seat.agenda_item_id).where(Seat.case_id == desk.case.id, Seat.post_id == me, Seat.ended_at.is_(None))
    sat = set(await desk.work.session.scalars(seats))
    return {
        item: (row, await opened(desk.work, row, named, done.get(row.id), waits=item in sat and row.id not in done))
        for item, row in given.items()
    }


async def unconfirmed(work: Work, case_ids: Collection[UUID]) -> Sequence[Waiting]:
    """Return who sat at the discussed places of these cases and has not confirmed the newest instruction there."""
    given = await newest(work, case_ids)
    if not given:
        return []
    done = select(MinutesRecorded.instruction_id, MinutesRecorded.post_id).where(MinutesRecorded.case_id.in_(case_ids))
    confirmed = {(row, post) for row, post in await work.session.execute(done)}
    query = (
        select(AgendaItem.case_id, AgendaItem.id, Seat.post_id, Person.name)
        .join(Seat, Seat.agenda_item_id == AgendaItem.id)
        .join(Post, Post.id == Seat.post_id)
        .join(Person, Person.id == Post.person_id)
        .where(AgendaItem.id.in_(given), AgendaItem.discussed_at.is_not(None), Seat.ended_at.is_(None))
        .order_by(AgendaItem.id, Person.name)
    )
    found = [Waiting(*row) for row in await work.session.execute(query)]
    return [one for one in found if (given[one.item_id].id, one.post_id) not in confirmed]
