"""Reading a meeting: the agenda as its coordinator sees it, minutes, and one's own cases in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.models import Case
from multiagency.kernel.access import Kind
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.mail.models import OutboxMessage
from multiagency.meetings.invitations import seats_of
from multiagency.meetings.models import AgendaItem, Invitation, Meeting, Minutes, Seat
from multiagency.people.models import Agency, Person, Post


@dataclass(frozen=True, slots=True)
class SeatView:
    """Who sits at a case."""

    post: UUID
    name: str
    agency: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """A case on the agenda."""

    case: str
    stage: str
    room: UUID
    seats: list[SeatView]


@dataclass(frozen=True, slots=True)
class InvitedView:
    """How an invitation stands: the answer, and whether the newest message has left."""

    name: str
    agency: str
    answer: str
    cancelled: bool
    delivery: str


@dataclass(frozen=True, slots=True)
class AgendaView:
    """A meeting as its coordinator sees it."""

    items: list[ItemView]
    invited: list[InvitedView]


@dataclass(frozen=True, slots=True)
class MinutesView:
    """One version of minutes, opened."""

    text: str
    recorded_at: datetime


async def agenda(work: Work, meeting: Meeting, language: str) -> AgendaView:
    """Return agenda, seats, answers and delivery of a meeting."""
    rows = await work.session.execute(
        select(AgendaItem, Case)
        .join(Case, Case.id == AgendaItem.case_id)
        .where(AgendaItem.meeting_id == meeting.id, AgendaItem.ended_at.is_(None))
        .order_by(AgendaItem.position)
    )
    placed = rows.all()
    seats = await _seats(work, [item.id for item, _ in placed], language)
    items = [ItemView(case.reference, case.stage, item.room, seats.get(item.id, [])) for item, case in placed]
    work.record(Mode.READ, {Kind.SHELL, Kind.MEETING}, subjects=[case.id for _, case in placed])
    return AgendaView(items, await _invited(work, meeting, language))


async def _seats(work: Work, item_ids: Sequence[UUID], language: str) -> dict[UUID, list[SeatView]]:
    query = (
        select(Seat.agenda_item_id, Post.id, Person.name, Agency)
        .join(Post, Post.id == Seat.post_id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(Seat.agenda_item_id.in_(item_ids), Seat.ended_at.is_(None))
        .order_by(Seat.id)
    )
    found: dict[UUID, list[SeatView]] = {}
    for item_id, post_id, name, agency in await work.session.execute(query):
        found.setdefault(item_id, []).append(SeatView(post_id, name, agency.name(language)))
    return found


async def _invited(work: Work, meeting: Meeting, language: str) -> list[InvitedView]:
    newest = (
        select(OutboxMessage.state)
        .where(OutboxMessage.stream_id == Invitation.id)
        .order_by(OutboxMessage.ordinal.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(Invitation, Person.name, Agency, newest)
        .join(Post, Post.id == Invitation.post_id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(Invitation.meeting_id == meeting.id)
        .order_by(Invitation.id)
    )
    return [
        InvitedView(name, agency.name(language), row.answer, row.cancelled_at is not None, state or "")
        for row, name, agency, state in await work.session.execute(query)
    ]


async def my_cases(work: Work, meeting: Meeting) -> Sequence[Case]:
    """Return the cases at which the actor has a living seat in a meeting, in the order of the agenda."""
    items = [item.case_id for _, item in await seats_of(work, meeting.id)]
    found = {case.id: case for case in await work.session.scalars(select(Case).where(Case.id.in_(items)))}
    work.record(Mode.READ, {Kind.SHELL, Kind.MEETING}, subjects=items)
    return [found[case_id] for case_id in items if case_id in found]


async def minutes(desk: Desk) -> list[MinutesView]:
    """Return every version of the minutes of a case, the oldest first; empty where minutes are not in sight."""
    if Kind.MINUTES not in desk.kinds:
        return []
    desk.read(Kind.MINUTES)
    rows = await desk.work.session.scalars(select(Minutes).where(Minutes.case_id == desk.case.id).order_by(Minutes.id))
    return [MinutesView(await desk.work.vault.open(row, "text"), row.recorded_at) for row in rows]
