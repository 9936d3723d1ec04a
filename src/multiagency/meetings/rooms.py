"""Remote rooms: one per case on the agenda. A token is minted when the person presses Join, and lives a minute."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.models import Case
from multiagency.cases.service import RETENTION
from multiagency.kernel.access import Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.tokens import BadToken, RoomPass
from multiagency.kernel.work import Work
from multiagency.meetings.forms import JoinForm
from multiagency.meetings.invitations import meeting_of, seats_of
from multiagency.meetings.models import AgendaItem, Invitation, Meeting, Presence, Seat
from multiagency.pathways.service import parameter
from multiagency.people.models import Agency, Post, Team


@dataclass(frozen=True, slots=True)
class Ticket:
    """What Join hands out: the room, and a token that opens it for a minute."""

    room: UUID
    token: str


async def join(work: Work, invitation: Invitation, form: JoinForm) -> Ticket:
    """Mint a room token for one case. Raises `NotVisible` without a seat there, `Conflict` when it is not the time."""
    meeting = await meeting_of(work, invitation)
    await _must_be_time(work, meeting)
    case = await work.session.scalar(select(Case).where(Case.reference == form.case.upper()))
    if case is None:
        raise NotVisible
    _log(work, case.id, Mode.WRITE)
    for seat, item in await seats_of(work, meeting.id):
        if item.case_id == case.id:
            token = work.tools.room_tokens.mint(str(item.room), _holder(work, seat), now())
            return Ticket(item.room, token)
    raise NotVisible


async def _must_be_time(work: Work, meeting: Meeting) -> None:
    team = await work.session.get_one(Team, meeting.team_id)
    before = await parameter(work, team.pathway, "join_minutes_before", team.id)
    after = await parameter(work, team.pathway, "join_minutes_after", team.id)
    early, late = meeting.starts_at - timedelta(minutes=before), meeting.ends_at + timedelta(minutes=after)
    if meeting.state != "open" or not early <= now() <= late:
        raise Conflict("meeting.not_now", minutes=before)


def _holder(work: Work, seat: Seat) -> RoomPass:
    """A pseudonym that means nothing elsewhere, and agency and title as the name: rooms see no staff names."""
    pseudonym = hashlib.sha256(seat.id.bytes).hexdigest()[:16]
    return RoomPass(pseudonym, f"{work.actor.agency_name}, {work.actor.title}", work.actor.role is Role.COORDINATOR)


async def enter(work: Work, room: UUID, token: str) -> None:
    """Let in the holder of a valid token for this room who still has its seat. Raises `NotVisible`."""
    seat = await _own_seat(work, room)
    try:
        holder = work.tools.room_tokens.check(token, str(room))
    except BadToken:
        raise NotVisible from None
    if holder.pseudonym != _holder(work, seat).pseudonym:
        raise NotVisible
    presence = await work.session.scalar(select(Presence).where(Presence.seat_id == seat.id))
    if presence is None:
        presence = Presence(
            id=uuid7(),
            case_id=seat.case_id,
            controller_id=work.actor.agency_id,
            retention_class=RETENTION,
            seat_id=seat.id,
        )
        work.session.add(presence)
    presence.entered_at, presence.left_at = now(), None
    _log(work, seat.case_id, Mode.WRITE)


async def leave(work: Work, room: UUID) -> None:
    """Leave the room; coming back needs a new token."""
    seat = await _own_seat(work, room)
    presence = await work.session.scalar(select(Presence).where(Presence.seat_id == seat.id))
    if presence is not None:
        presence.left_at = now()
    _log(work, seat.case_id, Mode.WRITE)


async def who_is_in(work: Work, room: UUID) -> Sequence[tuple[Agency, Post]]:
    """Return who is in the room, by agency and post; only somebody who is in it may ask. Raises `NotVisible`."""
    seat = await _own_seat(work, room)
    _log(work, seat.case_id, Mode.READ)
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
    return [(agency, post) for _, agency, post in inside]


async def _own_seat(work: Work, room: UUID) -> Seat:
    query = (
        select(Seat)
        .join(AgendaItem, AgendaItem.id == Seat.agenda_item_id)
        .where(AgendaItem.room == room, AgendaItem.ended_at.is_(None))
        .where(Seat.post_id == work.actor.post_id, Seat.ended_at.is_(None))
    )
    seat = await work.session.scalar(query)
    if seat is None:
        raise NotVisible
    return seat


def _log(work: Work, case_id: UUID, mode: Mode) -> None:
    work.record(mode, {Kind.SHELL, Kind.MEETING}, case_id=case_id, subjects=[case_id])
