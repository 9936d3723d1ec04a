"""Remote rooms: one per case on the agenda. A token is minted when the person presses Join, and lives a minute.

What is said in a meeting opens here: no room, nobody's presence and no connection before its promises (decision 0050).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from multiagency.cases.desk import rest_on_grants
from multiagency.cases.models import Case
from multiagency.kernel.access import Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid, NotVisible
from multiagency.kernel.ids import as_reference, uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.tokens import BadToken, RoomPass, Slot
from multiagency.kernel.work import Work
from multiagency.meetings.forms import BESIDE_CLIENT, INTERPRETING, PROMISES, EnterForm, JoinForm
from multiagency.meetings.models import AgendaItem, Invitation, Meeting, Seat
from multiagency.meetings.models_rooms import Presence, RoomCall, RoomPromise
from multiagency.meetings.providers import Entrance
from multiagency.meetings.providers.choosing import fixed_room, provider_of
from multiagency.meetings.service_beside import BesideView, beside, must_not_show_another
from multiagency.meetings.service_chair import is_on, must_be_on
from multiagency.meetings.service_invitations import meeting_of, seats_of
from multiagency.pathways.service import parameter
from multiagency.people import reading as people
from multiagency.people.models import Agency, Post

WORDING, CLIENT_WORDING, INTERPRETER_WORDING = "1", "client-1", "interpreter-1"
"""Which version of the promises is shown (`room.promise`): a change of words is a new version, and a new key."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What Join hands out: the room, and a token that opens it for a minute.

    `asked` is what one must promise for this meeting and has not yet, `since` when one came into this room, on this
    device or another, and has not left, `begun` that others are in it and the meeting's time has come, `client` that
    the client takes part beside oneself.
    """

    room: UUID
    token: str
    asked: tuple[str, ...]
    since: datetime | None
    begun: bool
    client: bool


@dataclass(frozen=True, slots=True)
class Inside:
    """A room as those see it who are in it: the case's reference, and who else is there, by agency and post.

    `connects` says whether there is anything beside this page to connect to, `beside` beside whom the client takes
    part, and `client` that it is oneself: then the screen shows this case alone.
    """

    case: str
    people: list[tuple[Agency, Post]]
    connects: bool
    beside: str
    client: bool


@dataclass(frozen=True, slots=True)
class _Own:
    """One's own living seat at a case, whose room this is."""

    seat: Seat
    case: Case
    item: AgendaItem
    meeting: Meeting


async def join(work: Work, invitation: Invitation, form: JoinForm) -> Ticket:
    """Mint a room token for one case. Raises `NotVisible` without a seat there, `Conflict` when it is not the time."""
    meeting = await meeting_of(work, invitation)
    slot = await _must_be_time(work, meeting)
    case = await work.session.scalar(select(Case).where(Case.reference == as_reference(form.case)))
    if case is None:
        raise NotVisible
    await _log(work, case)
    for seat, item in await seats_of(work, meeting.id):
        if item.case_id == case.id:
            must_be_on(meeting, item)
            token = work.tools.room_tokens.at_own_door().mint(str(item.room), _holder(work, seat, meeting), now(), slot)
            return await _ticket(work, _Own(seat, case, item, meeting), token)
    raise NotVisible


async def _ticket(work: Work, own: _Own, token: str) -> Ticket:
    inside = select(Presence.seat_id, Presence.entered_at).join(Seat, Seat.id == Presence.seat_id)
    here = inside.where(Seat.agenda_item_id == own.item.id, Presence.left_at.is_(None))
    since = {row.seat_id: row.entered_at for row in await work.session.execute(here)}
    begun = own.meeting.starts_at <= now() and bool(since.keys() - {own.seat.id})
    found = await beside(work, own.item.id)
    client = found is not None and found.post == work.actor.post_id
    asked = tuple(name for names in (await _asked(work, own, found)).values() for name in names)
    return Ticket(own.item.room, token, asked, since.get(own.seat.id), begun, client)


async def shut_for(work: Work, meeting: Meeting) -> set[UUID]:
    """Return those of one's own seats whose room is shut, because the chair handles another case now."""
    seats = await seats_of(work, meeting.id) if meeting.run_at else ()
    return {seat.id for seat, item in seats if not is_on(meeting, item)}


async def open_between(work: Work, meeting: Meeting) -> Slot:
    """Return from when until when the rooms of a meeting can be entered: the slot of every token."""
    team = await people.team_with(work, meeting.team_id)
    before = await parameter(work, team.pathway, "join_minutes_before", team.id)
    after = await parameter(work, team.pathway, "join_minutes_after", team.id)
    return meeting.starts_at - timedelta(minutes=before), meeting.ends_at + timedelta(minutes=after)


async def _must_be_time(work: Work, meeting: Meeting) -> Slot:
    early, late = await open_between(work, meeting)
    if meeting.state != "open" or not early <= now() <= late:
        raise Conflict("meeting.not_now", minutes=(meeting.starts_at - early) // timedelta(minutes=1))
    return early, late


def pseudonym(seat_id: UUID) -> str:
    """Return the name by which the provider knows whoever sits there (`pseudonym_of` in the database)."""
    return hashlib.sha256(seat_id.bytes).hexdigest()[:16]


def _holder(work: Work, seat: Seat, meeting: Meeting) -> RoomPass:
    """A pseudonym that means nothing elsewhere, and agency and title as the name: rooms see no staff names.

    Whoever leads the meeting moderates the room, and so may whoever coordinates the team.
    """
    leads = work.actor.role is Role.COORDINATOR or meeting.chair_id == work.actor.post_id
    return RoomPass(pseudonym(seat.id), f"{work.actor.agency_name}, {work.actor.title}", leads)


async def enter(work: Work, room: UUID, form: EnterForm) -> None:
    """Let in the holder of a valid token for this room who still has its seat, once.

    A token that is not newer than the last one which let them in has been used, or its holder came in with another.
    Raises `NotVisible`, `Conflict` outside the slot, and `Invalid` without the promises that stand for each meeting.
    """
    own = await _own_seat(work, room)
    await _log(work, own.case)
    ticket = _checked(work, own, form.token)
    await _must_be_time(work, own.meeting)
    must_be_on(own.meeting, own.item)
    presence = await _presence(work, own.seat)
    if presence is not None and presence.ticket is not None and ticket <= presence.ticket:
        raise NotVisible("room.ticket_used")
    await must_not_show_another(work, own.meeting.id, own.item.id)
    await _must_have_promised(work, own, form)
    if presence is None:
        presence = Presence(
            id=uuid7(),
            case_id=own.seat.case_id,
            controller_id=work.actor.agency_id,
            retention_class=own.case.retention_class,
            seat_id=own.seat.id,
        )
        work.session.add(presence)
    presence.entered_at, presence.left_at, presence.ticket = now(), None, ticket
    presence.connected_at = presence.emptied_at = None
    await _have_made(work, own)


def _checked(work: Work, own: _Own, token: str) -> UUID:
    try:
        holder = work.tools.room_tokens.at_own_door().check(token, str(own.item.room))
    except BadToken:
        raise NotVisible("room.ticket_over") from None
    if holder.pseudonym != _holder(work, own.seat, own.meeting).pseudonym:
        raise NotVisible("room.ticket_over")
    return holder.ticket


async def _asked(work: Work, own: _Own, found: BesideView | None) -> dict[str, tuple[str, ...]]:
    """Return what is still to be promised, by its wording: each once a meeting.

    Who has the client beside them is neither alone nor with headphones, and an interpreter promises one thing more.
    """
    mine = (RoomPromise.meeting_id == own.meeting.id, RoomPromise.post_id == work.actor.post_id)
    given = set(await work.session.scalars(select(RoomPromise.wording).where(*mine)))
    client = found is not None and found.post == work.actor.post_id
    wanted: dict[str, tuple[str, ...]] = {CLIENT_WORDING: BESIDE_CLIENT} if client else {WORDING: PROMISES}
    if found is not None and found.interpreter == work.actor.post_id:
        wanted[INTERPRETER_WORDING] = INTERPRETING
    return {wording: names for wording, names in wanted.items() if wording not in given}


async def _must_have_promised(work: Work, own: _Own, form: EnterForm) -> None:
    """Keep what is promised now, where nothing was for this meeting. Raises `Invalid` unless it is everything."""
    asked = await _asked(work, own, await beside(work, own.item.id))
    if "all" not in form.promise and not {name for names in asked.values() for name in names} <= set(form.promise):
        raise Invalid.of("promise", "room.promise_all")
    for wording in asked:
        about = {"wording": wording, "language": work.actor.language, "promised_at": now()}
        work.session.add(RoomPromise(id=uuid7(), meeting_id=own.meeting.id, post_id=work.actor.post_id, **about))
        work.record(Mode.WRITE)
    await work.session.flush()


async def _have_made(work: Work, own: _Own) -> None:
    """Let the worker make the room, where its provider wants that and nobody was in it yet."""
    await work.session.flush()
    if provider_of(work.tools, own.meeting.team_id).made_first:
        made = {"id": uuid7(), "meeting_id": own.meeting.id, "what": "open", "room": own.item.room, "holder": ""}
        asked = insert(RoomCall).values(**made, asked_at=now(), attempts=0, next_attempt_at=now())
        await work.session.execute(asked.on_conflict_do_nothing())


async def connect(work: Work, room: UUID) -> Entrance:
    """Return how one reaches the room itself now: with a token of the provider for this person, room and slot.

    Asked anew whenever a connection broke. Raises `NotVisible` unless one is in the room, `Conflict` outside the slot,
    and while people of another case may still be in a lasting room.
    """
    own = await _own_seat(work, room)
    await _log(work, own.case)
    presence = await _presence(work, own.seat)
    if presence is None or presence.left_at is not None:
        raise NotVisible("room.gone")
    slot = await _must_be_time(work, own.meeting)
    await must_be_confirmed_left(work, own.meeting, own.item)
    presence.connected_at = now()
    return provider_of(work.tools, own.meeting.team_id).entrance(
        own.item.room, _holder(work, own.seat, own.meeting), now(), slot
    )


async def must_be_confirmed_left(work: Work, meeting: Meeting, item: AgendaItem) -> None:
    """Raise `Conflict` when this case would meet people of another in the team's lasting room.

    It opens for a case only when whoever leads has said that those of the case before have left.
    """
    others = select(func.others_in_lasting_room(item.id))
    if fixed_room(work.tools, meeting.team_id) and await work.session.scalar(others):
        raise Conflict("room.not_emptied")


async def about(work: Work, room: UUID, token: str) -> tuple[str, str, Ticket]:
    """Return of which case this room of one's own is, in which meeting, and the ticket as it was handed out."""
    own = await _own_seat(work, room)
    await rest_on_grants(work, [own.case])
    return own.case.reference, own.meeting.reference, await _ticket(work, own, token)


async def leave(work: Work, room: UUID) -> None:
    """Leave the room; coming back needs a new token."""
    own = await _own_seat(work, room)
    presence = await _presence(work, own.seat)
    if presence is not None and presence.left_at is None:
        presence.left_at = now()
    await _log(work, own.case)


async def look_around(work: Work, room: UUID) -> Inside:
    """Return what is to be seen in a room; only somebody who is in it may ask. Raises `NotVisible`."""
    own = await _own_seat(work, room)
    await rest_on_grants(work, [own.case])
    query = (
        select(Seat.id, Agency, Post)
        .join(Presence, Presence.seat_id == Seat.id)
        .join(Post, Post.id == Seat.post_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(Seat.agenda_item_id == own.item.id, Presence.left_at.is_(None))
        .order_by(Presence.entered_at)
    )
    inside = (await work.session.execute(query)).all()
    if own.seat.id not in {seat_id for seat_id, _, _ in inside}:
        raise NotVisible("room.gone")
    connects = provider_of(work.tools, own.meeting.team_id).connects
    found = await beside(work, own.item.id)
    client = found is not None and found.post == work.actor.post_id
    present = [(agency, post) for _, agency, post in inside]
    return Inside(own.case.reference, present, connects, f"{found.agency}, {found.title}" if found else "", client)


async def _presence(work: Work, seat: Seat) -> Presence | None:
    return (await work.session.scalars(select(Presence).where(Presence.seat_id == seat.id))).one_or_none()


async def _own_seat(work: Work, room: UUID) -> _Own:
    query = (
        select(Seat, Case, AgendaItem, Meeting)
        .join(Case, Case.id == Seat.case_id)
        .join(AgendaItem, AgendaItem.id == Seat.agenda_item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(AgendaItem.room == room, AgendaItem.ended_at.is_(None))
        .where(Seat.post_id == work.actor.post_id, Seat.ended_at.is_(None))
    )
    row = (await work.session.execute(query)).one_or_none()
    if row is None:
        raise NotVisible("room.gone")
    return _Own(*row)


async def _log(work: Work, case: Case) -> None:
    await rest_on_grants(work, [case])
    work.record(Mode.WRITE, {Kind.SHELL, Kind.MEETING}, case_id=case.id, case_reference=case.reference)
