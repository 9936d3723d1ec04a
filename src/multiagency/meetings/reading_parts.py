"""The parts of minutes that single agencies alone receive: whose there may be, and how each stands for its writer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.consent.reading_instructions import InstructionView, opened, people_meant
from multiagency.meetings.models import AgendaItem, Seat
from multiagency.meetings.models_minutes import MinutesInstruction, MinutesPart, MinutesRecorded
from multiagency.meetings.reading_instructions import for_agency, newest
from multiagency.meetings.reading_recipients import AgencyStanding, receiving
from multiagency.people import reading as people
from multiagency.people.models import Agency, Person, Post


@dataclass(frozen=True, slots=True)
class ConfirmedSeat:
    """Somebody who sits there, and since when they have recorded what they received as instructed."""

    name: str
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class AgencyThere:
    """An agency at the table for whoever writes its part: who sits there, and how what it receives is recorded.

    `own` tells that the instruction is for this agency alone; `receives` that the minutes go to it.
    """

    agency: Agency
    field: str
    people: list[ConfirmedSeat]
    instruction: InstructionView | None
    own: bool
    receives: bool


async def agencies_there(desk: Desk, found: Sequence[AgencyStanding]) -> list[Agency]:
    """Return the agencies that may have a part of their own: those that sit there or are named, on a living basis."""
    there = {one.agency_id for one in found if one.lives and (one.sits or one.named)}
    return [agency for agency in await people.agencies(desk.work) if agency.id in there]


async def parts_to_write(desk: Desk, item: AgendaItem, found: Sequence[AgencyStanding]) -> list[AgencyThere]:
    """Return what the page of the writer says of each agency that may have a part, as all of them stand there."""
    given = await newest(desk.work, [desk.case.id])
    given_to, there = set(receiving(desk, found)), await agencies_there(desk, found)
    chosen = {one.id: for_agency(given, item.id, one.id) for one in there}
    shown = [row for row in chosen.values() if row is not None]
    meant = await people_meant(desk.work, shown)
    seated = await _receipts(desk, item, chosen)
    return [
        AgencyThere(
            agency=one,
            field=f"part-{one.id}",
            people=seated.get(one.id, []),
            instruction=await opened(desk.work, row, meant, None, waits=False) if row else None,
            own=row is not None and row.agency_id is not None,
            receives=one.id in given_to,
        )
        for one in there
        for row in (chosen[one.id],)
    ]


async def _receipts(
    desk: Desk, item: AgendaItem, chosen: dict[UUID, MinutesInstruction | None]
) -> dict[UUID, list[ConfirmedSeat]]:
    given = [row.id for row in chosen.values() if row is not None]
    done = select(MinutesRecorded).where(MinutesRecorded.instruction_id.in_(given))
    rows = (await desk.work.session.scalars(done)).all() if given else []
    recorded = {(row.instruction_id, row.post_id): row.recorded_at for row in rows}
    query = (
        select(Post, Person.name)
        .join(Person, Person.id == Post.person_id)
        .join(Seat, Seat.post_id == Post.id)
        .where(Seat.agenda_item_id == item.id, Seat.ended_at.is_(None))
        .order_by(Person.name)
    )
    found: dict[UUID, list[ConfirmedSeat]] = {}
    for post, name in await desk.work.session.execute(query):
        row = chosen.get(post.agency_id)
        when = recorded.get((row.id, post.id)) if row is not None else None
        found.setdefault(post.agency_id, []).append(ConfirmedSeat(f"{name}, {post.title}", when))
    return found


async def approved_parts(desk: Desk, item_ids: Sequence[UUID]) -> dict[UUID, list[MinutesPart]]:
    """Return the approved parts in sight, by the place on an agenda."""
    query = select(MinutesPart).where(MinutesPart.agenda_item_id.in_(item_ids), MinutesPart.approved_at.is_not(None))
    found: dict[UUID, list[MinutesPart]] = {}
    for row in await desk.work.session.scalars(query.order_by(MinutesPart.controller_id)):
        found.setdefault(row.agenda_item_id, []).append(row)
    return found
