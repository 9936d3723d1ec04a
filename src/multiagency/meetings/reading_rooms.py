"""The rooms of a meeting as whoever leads it sees them: who is inside, who has promised what, who must still leave."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, exists, select

from multiagency.cases.desk import rest_on_grants
from multiagency.cases.models import Case
from multiagency.kernel.errors import FieldError
from multiagency.kernel.work import Work
from multiagency.meetings.models import AgendaItem, Meeting, Seat
from multiagency.meetings.models_rooms import Presence, RoomCall, RoomPromise
from multiagency.meetings.providers.choosing import fixed_room
from multiagency.meetings.questions import AtTheDoor, MayGoOn, WhoIsAtTheDoor
from multiagency.meetings.service_rooms import pseudonym
from multiagency.people import reading as people
from multiagency.people.models import Agency, Person, Post


@dataclass(frozen=True, slots=True)
class InsideView:
    """Somebody who came into a room: since when, until when, and when their seat ended.

    `awaited` tells that the lasting room must still be looked at.
    """

    name: str
    title: str
    agency: str
    since: datetime
    left: datetime | None
    ended: datetime | None
    awaited: bool


@dataclass(slots=True)
class RoomView:
    """The room of a case: who came in, and who has a seat and has not promised yet."""

    case: str
    inside: list[InsideView] = field(default_factory=list)
    unpromised: list[str] = field(default_factory=list)

    @property
    def awaited(self) -> bool:
        """Whether anybody must be seen to have left the lasting room before the next case."""
        return any(each.awaited for each in self.inside)


@dataclass(frozen=True, slots=True)
class AwaitedView:
    """Who is to leave since when, and could not be put out; without names, everybody in that room."""

    names: list[str]
    since: datetime


@dataclass(frozen=True, slots=True)
class RoomsView:
    """The rooms of a meeting; `lasting` tells that all its cases meet in one."""

    rooms: list[RoomView]
    awaited: list[AwaitedView]
    lasting: bool


async def rooms_of(work: Work, meeting: Meeting, language: str) -> RoomsView:
    """Return them in the order of the agenda."""
    rows = await _seats(work, meeting)
    await rest_on_grants(work, list({row.Case.id: row.Case for row in rows}.values()))
    promised = set(await work.session.scalars(select(RoomPromise.post_id).where(RoomPromise.meeting_id == meeting.id)))
    lasting = bool(fixed_room(work.tools, meeting.team_id))
    views: dict[UUID, RoomView] = {}
    for row in rows:
        if row.ended_at is not None:
            continue
        view = views.setdefault(row.item_id, RoomView(row.Case.reference))
        if row.Presence is not None:
            view.inside.append(_inside(row, language, lasting=lasting))
        if row.Post.id not in promised and row.Seat.ended_at is None:
            view.unpromised.append(row.name)
    return RoomsView(list(views.values()), await _awaited(work, meeting, rows), lasting)


async def at_the_door(asked: WhoIsAtTheDoor) -> list[AtTheDoor]:
    """Say of everybody with a seat at a case whether they have promised secrecy for the meeting."""
    promised = exists().where(RoomPromise.meeting_id == AgendaItem.meeting_id, RoomPromise.post_id == Seat.post_id)
    query = (
        select(Seat.id, promised)
        .join(AgendaItem, AgendaItem.id == Seat.agenda_item_id)
        .where(Seat.agenda_item_id == asked.item_id, Seat.ended_at.is_(None))
    )
    rows = await asked.work.session.execute(query)
    return [AtTheDoor(seat_id, "confirmed" if done else "unconfirmed") for seat_id, done in rows]


async def still_inside(asked: MayGoOn) -> list[FieldError]:
    """Veto the next case as long as nobody has seen those of this one leave the lasting room of the team."""
    if not fixed_room(asked.work.tools, asked.meeting.team_id):
        return []
    inside = (
        select(Presence.id)
        .join(Seat, (Seat.id == Presence.seat_id) & (Seat.case_id == Presence.case_id))
        .join(AgendaItem, AgendaItem.id == Seat.agenda_item_id)
        .where(AgendaItem.meeting_id == asked.meeting.id, AgendaItem.begun_at.is_not(None))
        .where(AgendaItem.handled_at.is_(None), Presence.connected_at.is_not(None), Presence.emptied_at.is_(None))
    )
    found = await asked.work.session.scalar(inside.limit(1))
    return [FieldError("press", "rooms.confirm_left")] if found else []


async def _seats(work: Work, meeting: Meeting) -> Sequence[Row[tuple[Case, Seat, Presence, Post, str, Agency]]]:
    query = (
        select(Case, AgendaItem.id.label("item_id"), AgendaItem.ended_at, Seat, Presence, Post, Person.name, Agency)
        .join(AgendaItem, AgendaItem.case_id == Case.id)
        .join(Seat, (Seat.agenda_item_id == AgendaItem.id) & (Seat.case_id == Case.id))
        .join(Post, Post.id == Seat.post_id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .join(Presence, (Presence.seat_id == Seat.id) & (Presence.case_id == Case.id), isouter=True)
        .where(AgendaItem.meeting_id == meeting.id)
        .order_by(AgendaItem.position, Presence.entered_at, Person.name)
    )
    return (await work.session.execute(query)).all()  # type: ignore[return-value]


def _inside(row: Row[tuple[Case, Seat, Presence, Post, str, Agency]], language: str, *, lasting: bool) -> InsideView:
    presence, post = row.Presence, row.Post
    return InsideView(
        name=row.name,
        title=people.titled(post, language),
        agency=row.Agency.name(language),
        since=presence.entered_at,
        left=presence.left_at,
        ended=row.Seat.ended_at,
        awaited=lasting and presence.connected_at is not None and presence.emptied_at is None,
    )


async def _awaited(
    work: Work, meeting: Meeting, rows: Sequence[Row[tuple[Case, Seat, Presence, Post, str, Agency]]]
) -> list[AwaitedView]:
    known = {pseudonym(row.Seat.id): row.name for row in rows}
    calls = select(RoomCall).where(RoomCall.meeting_id == meeting.id, RoomCall.told_at.is_not(None))
    found = await work.session.scalars(calls.where(RoomCall.settled_at.is_(None)).order_by(RoomCall.asked_at))
    return [
        AwaitedView([known[holder] for holder in call.holder.split() if holder in known], call.asked_at)
        for call in found
    ]
