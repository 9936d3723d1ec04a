"""What whoever leads a meeting sees: the case that is handled, who is in its room, and what comes, without names."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, literal, or_, select

from multiagency.cases.desk import Desk, desk_for, rest_on_grants
from multiagency.cases.models import AccessGrant, Case
from multiagency.cases.reading_holders import posts_that_may
from multiagency.cases.reading_names import client_names
from multiagency.cases.service_coordination import take_up
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.work import Work
from multiagency.meetings.models import AgendaItem, Seat, SentInstead
from multiagency.meetings.models_rooms import Presence
from multiagency.meetings.questions import WhoIsAtTheDoor
from multiagency.meetings.reading import SeatView, seats_at, was_discussed
from multiagency.meetings.reading_running import CaseTime, Times, minutes_left, times, until
from multiagency.meetings.service_chair import Led, minutes_each, run_sheet
from multiagency.pathways.definition import StageKind, definition


@dataclass(frozen=True, slots=True)
class _Place:
    """A place on the agenda that the reader may see, with its case."""

    item: AgendaItem
    case: Case

    @property
    def again(self) -> bool:
        """Whether the case comes back from its follow-up."""
        model = definition(self.case.pathway, self.case.pathway_version)
        return model.stage(self.item.came_from).kind is StageKind.FOLLOW_UP


_SHOWN = 3
"""How many of the cases to come stand on the page, with who comes for them."""


@dataclass(frozen=True, slots=True)
class AtTable:
    """Somebody with a seat at the case: where they are now, and whether they have confirmed its secrecy.

    `where` is here, waits, left, sent (cannot come, and perhaps told the table something) or expected. `door` is
    empty where nobody asks for a confirmation. `told` is what they sent.
    """

    seat: SeatView
    where: str
    door: str
    since: datetime | None
    told: str = ""
    refers: bool = False


@dataclass(frozen=True, slots=True)
class NowView:
    """The case that is handled: `desk` is None where it is kept from the reader, and then nobody's name is shown."""

    slot: CaseTime
    until: datetime
    left: int
    desk: Desk | None
    item: AgendaItem | None
    name: str | None
    mine: bool
    """Whether the reader leads it."""
    people: list[AtTable] = field(default_factory=list)

    @property
    def waiting(self) -> list[str]:
        """Who waits at the door."""
        return [who.seat.name for who in self.people if who.where == "waits"]

    @property
    def place(self) -> tuple[Desk, AgendaItem] | None:
        """Return the case with its place on the agenda where the reader may note something about it."""
        if self.desk is None or self.item is None or Kind.MINUTES not in self.desk.kinds:
            return None
        return self.desk, self.item

    @property
    def referrer_absent(self) -> bool:
        """Whether nobody is here who referred the case, and nothing was sent instead."""
        referring = [who for who in self.people if who.refers]
        return not any(who.where == "here" or who.told for who in referring)

    def agencies(self, *where: str) -> list[str]:
        """Return the agencies of which somebody is there, or in another of these places."""
        return sorted({who.seat.agency for who in self.people if who.where in where})


@dataclass(frozen=True, slots=True)
class NextView:
    """A case to come, without its name: when, and who stays, leaves and comes; none of these where it is kept away."""

    slot: CaseTime
    again: bool | None
    stay: list[str]
    leave: list[str]
    come: list[str]
    by_chair: bool


@dataclass(frozen=True, slots=True)
class RunView:
    """The whole page."""

    times: Times
    now: NowView | None
    coming: list[NextView]
    total: int
    coordinates: bool
    each: int
    """How many minutes a case has at this table."""
    back: bool
    """Whether the last step may be taken back, as far as is known."""


async def run_view(work: Work, led: Led, language: str) -> RunView:
    """Return the page of whoever leads; a case that is kept from them is a time and nothing else."""
    await take_up(work)
    meeting, moment = led.meeting, now()
    minutes, turns = await minutes_each(work, meeting), await run_sheet(work, meeting)
    reckoned = times(meeting.starts_at, turns, minutes, moment, running=meeting.run_at is not None)
    current, coming = reckoned.now, reckoned.to_come[:_SHOWN]
    shown = await _shown(work, led, ([current] if current else []) + coming)
    seats = await seats_at(work, list(shown), language) if shown else {}
    present = await _now(led, current, shown, seats, minutes) if current else None
    back = any(turn.handled_at for turn in turns)
    return RunView(
        reckoned, present, _coming(coming, shown, seats, current), len(turns), led.coordinates, minutes, back
    )


async def _now(
    led: Led, slot: CaseTime, shown: dict[UUID, _Place], seats: dict[UUID, list[SeatView]], minutes: int
) -> NowView:
    ends, left = until(slot, minutes), minutes_left(slot, minutes, now())
    place = shown.get(slot.turn.item_id)
    if place is None:
        return NowView(slot, ends, left, None, None, None, mine=False)
    desk = await desk_for(led.work, place.case)
    name = (await client_names(led.work, [place.case.id])).get(place.case.id)
    mine = led.chairs if slot.turn.by_chair else led.coordinates
    people = await _people(desk, place.item, seats.get(place.item.id, []))
    return NowView(slot, ends, left, desk, place.item, name, mine, people)


async def _shown(work: Work, led: Led, slots: Sequence[CaseTime]) -> dict[UUID, _Place]:
    """Return those of these cases that the reader may see here: which they coordinate, or lead as the chair."""
    coordinated = (
        select(AccessGrant.case_id)
        .where(AccessGrant.post_id == work.actor.post_id, AccessGrant.ended_at.is_(None))
        .where(AccessGrant.capability == Capability.COORDINATE)
    )
    mine = [slot.turn.item_id for slot in slots if slot.turn.by_chair and led.chairs]
    query = (
        select(AgendaItem, Case)
        .join(Case, Case.id == AgendaItem.case_id)
        .where(AgendaItem.id.in_([slot.turn.item_id for slot in slots]))
        .where(or_(AgendaItem.id.in_(mine), and_(literal(led.coordinates), Case.id.in_(coordinated))))
    )
    places = [_Place(item, case) for item, case in await work.session.execute(query)]
    await rest_on_grants(work, [place.case for place in places])
    return {place.item.id: place for place in places}


async def _people(desk: Desk, item: AgendaItem, seats: Sequence[SeatView]) -> list[AtTable]:
    work = desk.work
    rows = select(Seat.id, Seat.post_id, Presence.entered_at, Presence.left_at).outerjoin(
        Presence, Presence.seat_id == Seat.id
    )
    rows = rows.where(Seat.agenda_item_id == item.id, Seat.ended_at.is_(None))
    found = {post: (seat, entered, left) for seat, post, entered, left in await work.session.execute(rows)}
    doors = {known.seat_id: known.state for known in await work.ask(WhoIsAtTheDoor(work, item.id))}
    sent = await sent_instead(desk, item) if Kind.MINUTES in desk.kinds else {}
    refers = {post.id for post in await posts_that_may(work, desk.case.id, Capability.REFER)}
    people = []
    for seat in seats:
        seat_id, entered, left = found[seat.post]
        door, told = doors.get(seat_id, ""), sent.get(seat_id)
        where = _where(entered, left, door, told is not None)
        people.append(AtTable(seat, where, door, entered, told or "", seat.post in refers))
    return people


def _where(entered: datetime | None, left: datetime | None, door: str, sent: bool) -> str:
    if entered is not None and left is None:
        return "here"
    if door == "waits":
        return "waits"
    return "left" if entered is not None else ("sent" if sent else "expected")


async def has_a_plan(desk: Desk) -> bool:
    """Tell whether actions can be assigned while it is handled: it has minutes. Else these come first."""
    return desk.may(Act.ASSIGN_ACTION) and desk.stands(StageKind.TABLE) and await was_discussed(desk)


async def sent_instead(desk: Desk, item: AgendaItem) -> dict[UUID, str]:
    """Return by seat what was sent instead of coming; empty where somebody only said that they cannot come."""
    query = (
        select(SentInstead)
        .join(Seat, Seat.id == SentInstead.seat_id)
        .where(Seat.agenda_item_id == item.id)
        .order_by(SentInstead.sent_at, SentInstead.id)
    )
    rows = (await desk.work.session.scalars(query)).all()
    return {row.seat_id: await desk.work.vault.open(row, "text") if row.text else "" for row in rows}


def _coming(
    slots: Sequence[CaseTime],
    shown: dict[UUID, _Place],
    seats: dict[UUID, list[SeatView]],
    current: CaseTime | None,
) -> list[NextView]:
    views = []
    before = {seat.post for seat in seats.get(current.turn.item_id, [])} if current else set()
    known = current is not None and current.turn.item_id in shown
    here = {seat.post: seat.name for seat in seats.get(current.turn.item_id, [])} if current else {}
    for slot in slots:
        place = shown.get(slot.turn.item_id)
        at = {seat.post: seat.name for seat in seats.get(slot.turn.item_id, [])}
        names = list(at.values()) if place else []
        stay = [name for post, name in at.items() if post in before] if place and known else []
        come = [name for post, name in at.items() if post not in before] if known else names
        leave = [name for post, name in here.items() if post not in at] if place and known else []
        again = place.again if place else None
        views.append(NextView(slot, again, stay, leave, come, slot.turn.by_chair))
        before, here, known = set(at), at, place is not None
    return views
