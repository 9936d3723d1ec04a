"""Remote rooms: one per case on the agenda. A token is minted when the person presses Join, and lives a minute."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import rest_on_grants
from multiagency.cases.models import Case
from multiagency.kernel.access import Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, NotVisible
from multiagency.kernel.ids import as_reference, uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.tokens import BadToken, RoomPass
from multiagency.kernel.work import Work
from multiagency.meetings.forms import JoinForm
from multiagency.meetings.models import AgendaItem, Invitation, Meeting, Presence, Seat
from multiagency.meetings.service_chair import is_on, must_be_on
from multiagency.meetings.service_invitations import meeting_of, seats_of
from multiagency.pathways.service import parameter
from multiagency.people import reading as people
from multiagency.people.models import Agency, Post


@dataclass(frozen=True, slots=True)
class Ticket:
    """What Join hands out: the room, and a token that opens it for a minute."""

    room: UUID
    token: str


@dataclass(frozen=True, slots=True)
class Inside:
    """A room as those see it who are in it: the case's reference, and who else is there, by agency and post."""

    case: str
    people: list[tuple[Agency, Post]]


async def join(work: Work, invitation: Invitation, form: JoinForm) -> Ticket:
    """Mint a room token for one case. Raises `NotVisible` without a seat there, `Conflict` when it is not the time."""
    meeting = await meeting_of(work, invitation)
    await _must_be_time(work, meeting)
    case = await work.session.scalar(select(Case).where(Case.reference == as_reference(form.case)))
    if case is None:
        raise NotVisible
    await _log(work, case)
    for seat, item in await seats_of(work, meeting.id):
        if item.case_id == case.id:
            must_be_on(meeting, item)
            token = work.tools.room_tokens.mint(str(item.room), _holder(work, seat), now())
            return Ticket(item.room, token)
    raise NotVisible


async def shut_for(work: Work, meeting: Meeting) -> set[UUID]:
    """Return those of one's own seats whose room is shut, because the chair handles another case now."""
    seats = await seats_of(work, meeting.id) if meeting.run_at else ()
    return {seat.id for seat, item in seats if not is_on(meeting, item)}


async def open_between(work: Work, meeting: Meeting) -> tuple[datetime, datetime]:
    """Return from when until when the rooms of a meeting can be joined."""
    team = await people.team_with(work, meeting.team_id)
    before = await parameter(work, team.pathway, "join_minutes_before", team.id)
    after = await parameter(work, team.pathway, "join_minutes_after", team.id)
    return meeting.starts_at - timedelta(minutes=before), meeting.ends_at + timedelta(minutes=after)


async def _must_be_time(work: Work, meeting: Meeting) -> None:
    early, late = await open_between(work, meeting)
    if meeting.state != "open" or not early <= now() <= late:
        raise Conflict("meeting.not_now", minutes=(meeting.starts_at - early) // timedelta(minutes=1))


def _holder(work: Work, seat: Seat) -> RoomPass:
    """A pseudonym that means nothing elsewhere, and agency and title as the name: rooms see no staff names."""
    pseudonym = hashlib.sha256(seat.id.bytes).hexdigest()[:16]
    return RoomPass(pseudonym, f"{work.actor.agency_name}, {work.actor.title}", work.actor.role is Role.COORDINATOR)


async def enter(work: Work, room: UUID, token: str) -> None:
    """Let in the holder of a valid token for this room who still has its seat, once. Raises `NotVisible`.

    A token that is not newer than the last one which let them in has been used, or its holder came in with another.
    """
    seat, case = await _own_seat(work, room)
    try:
        holder = work.tools.room_tokens.check(token, str(room))
    except BadToken:
        raise NotVisible("room.ticket_over") from None
    if holder.pseudonym != _holder(work, seat).pseudonym:
        raise NotVisible("room.ticket_over")
    await _must_be_on(work, seat)
    presence = await work.session.scalar(select(Presence).where(Presence.seat_id == seat.id))
    if presence is not None and presence.ticket is not None and holder.ticket <= presence.ticket:
        raise NotVisible("room.ticket_used")
    if presence is None:
        presence = Presence(
            id=uuid7(),
            case_id=seat.case_id,
            controller_id=work.actor.agency_id,
            retention_class=case.retention_class,
            seat_id=seat.id,
        )
        work.session.add(presence)
    presence.entered_at, presence.left_at, presence.ticket = now(), None, holder.ticket
    await _log(work, case)


async def _must_be_on(work: Work, seat: Seat) -> None:
    query = select(Meeting, AgendaItem).join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
    must_be_on(*(await work.session.execute(query.where(AgendaItem.id == seat.agenda_item_id))).one())


async def leave(work: Work, room: UUID) -> None:
    """Leave the room; coming back needs a new token."""
    seat, case = await _own_seat(work, room)
    presence = await work.session.scalar(select(Presence).where(Presence.seat_id == seat.id))
    if presence is not None:
        presence.left_at = now()
    await _log(work, case)


async def look_around(work: Work, room: UUID) -> Inside:
    """Return what is to be seen in a room; only somebody who is in it may ask. Raises `NotVisible`."""
    seat, case = await _own_seat(work, room)
    await rest_on_grants(work, [case])
    query = (
        select(Seat.id, Agency, Post)
        .join(Presence, Presence.seat_id == Seat.id)
        .join(Post, Post.id == Seat.post_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(Seat.agenda_item_id == seat.agenda_item_id, Presence.left_at.is_(None))
        .order_by(Presence.entered_at)
    )
    inside = (await work.session.execute(query)).all()
    if seat.id not in {seat_id for seat_id, _, _ in inside}:
        raise NotVisible
    return Inside(case.reference, [(agency, post) for _, agency, post in inside])


async def _own_seat(work: Work, room: UUID) -> tuple[Seat, Case]:
    query = (
        select(Seat, Case)
        .join(Case, Case.id == Seat.case_id)
        .join(AgendaItem, AgendaItem.id == Seat.agenda_item_id)
        .where(AgendaItem.room == room, AgendaItem.ended_at.is_(None))
        .where(Seat.post_id == work.actor.post_id, Seat.ended_at.is_(None))
    )
    row = (await work.session.execute(query)).one_or_none()
    if row is None:
        raise NotVisible
    return row.Seat, row.Case


async def _log(work: Work, case: Case) -> None:
    await rest_on_grants(work, [case])
    work.record(Mode.WRITE, {Kind.SHELL, Kind.MEETING}, case_id=case.id, case_reference=case.reference)
