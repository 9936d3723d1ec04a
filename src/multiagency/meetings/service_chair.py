"""The chair: who leads a meeting and each case in it. Being chair gives no sight; a seat of one's own does.

Where the chair has no living seat at a case, is barred from it or has a conflict, whoever coordinates it leads it. That
one rule stands in the database (`led_by_chairs`); here it is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Integer, Text, Uuid, func, select

from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid, NotVisible
from multiagency.kernel.ids import as_reference
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings.forms import ChairForm, PressForm
from multiagency.meetings.models import AgendaItem, Meeting
from multiagency.meetings.providers.choosing import provider_of
from multiagency.meetings.questions import MayGoOn
from multiagency.meetings.service_states import must_not_be_over
from multiagency.pathways.service import parameter
from multiagency.people import reading as people
from multiagency.people.models import Agency, Person, Post, TeamMember
from multiagency.people.reading import Colleague
from multiagency.people.service_notices import tell

_SHEET = (
    Column("item_id", Uuid),
    Column("place", Integer),
    Column("begun_at", DateTime(timezone=True)),
    Column("handled_at", DateTime(timezone=True)),
    Column("more_minutes", Integer),
    Column("discussed", Boolean),
    Column("by_chair", Boolean),
)
_PRESSED = (Column("outcome", Text), Column("case_id", Uuid), Column("reference", Text), Column("controller_id", Uuid))


@dataclass(frozen=True, slots=True)
class CaseTurn:
    """How far one case of a meeting is; `by_chair` tells that its chair leads it and not who coordinates it."""

    item_id: UUID
    place: int
    begun_at: datetime | None
    handled_at: datetime | None
    more_minutes: int
    discussed: bool
    by_chair: bool

    @property
    def is_now(self) -> bool:
        """Whether it is handled right now."""
        return self.begun_at is not None and self.handled_at is None

    @property
    def is_over(self) -> bool:
        """Whether it needs no more time here."""
        return self.handled_at is not None or (self.discussed and self.begun_at is None)


@dataclass(frozen=True, slots=True)
class Led:
    """A meeting that the actor chairs, or whose team they coordinate, or both."""

    work: Work
    meeting: Meeting
    chairs: bool
    coordinates: bool


async def led(work: Work, wanted: str) -> Led:
    """Return a meeting that the actor may lead. Raises `NotVisible`."""
    mine = people.coordinating(now()).where(TeamMember.post_id == work.actor.post_id)
    coordinated = Meeting.team_id.in_(mine.with_only_columns(TeamMember.team_id))
    query = select(Meeting, coordinated).where(Meeting.reference == as_reference(wanted))
    row = (await work.session.execute(query)).one_or_none()
    if row is None or not (row[1] or row[0].chair_id == work.actor.post_id):
        raise NotVisible
    return Led(work, row[0], row[0].chair_id == work.actor.post_id, row[1])


async def run_sheet(work: Work, meeting: Meeting) -> list[CaseTurn]:
    """Return how far each case of a meeting is, also of those that the actor may not see; nothing says whose it is."""
    rows = await work.session.execute(select(func.run_sheet(meeting.id).table_valued(*_SHEET)))
    return [CaseTurn(*row) for row in rows]


async def leads(work: Work, meeting: Meeting, item: AgendaItem) -> bool:
    """Tell whether the actor leads this case: as the chair where the chair does, else as one who coordinates it.

    The question for whoever approves minutes, or is told who could not be put out of a room.
    """
    return await leader_of(work, meeting, item) in {None, work.actor.post_id}


async def leader_of(work: Work, meeting: Meeting, item: AgendaItem) -> UUID | None:
    """Return the chair's post where the chair leads this case; None where whoever coordinates it does."""
    turn = next((turn for turn in await run_sheet(work, meeting) if turn.item_id == item.id), None)
    return meeting.chair_id if turn and turn.by_chair else None


async def may_chair(work: Work) -> Sequence[Colleague]:
    """Return who may be named: whoever may sit at a table."""
    return await people.colleagues(work)


async def name_chair(work: Work, meeting: Meeting, form: ChairForm) -> None:
    """Name another chair, who is told. Raises `Conflict` once the meeting has begun, `Invalid` for an unknown post."""
    must_not_be_over(meeting)
    if meeting.run_at is not None or meeting.starts_at <= now():
        raise Conflict("chair.has_begun")
    named = await people.known_colleague(work, form.post, "post")
    if meeting.chair_id == named.post.id:
        return
    meeting.chair_id = named.post.id
    await work.session.flush()
    work.record(Mode.WRITE)
    await tell(work, [named.post], "chair_named", chair_place(meeting))


async def chair_named(work: Work, meeting: Meeting) -> str:
    """Return who leads the meeting: name, title and agency; empty where nobody is named."""
    query = select(Post, Person, Agency).join(Person, Person.id == Post.person_id)
    query = query.join(Agency, Agency.id == Post.agency_id).where(Post.id == meeting.chair_id)
    row = (await work.session.execute(query)).one_or_none()
    who = Colleague(*row) if row else None
    return f"{who.label}, {who.agency.name(work.actor.language)}" if who else ""


def chair_place(meeting: Meeting) -> str:
    """Return the page from which a meeting is led."""
    return f"/meetings/{meeting.reference}/chair"


async def press(work: Work, meeting: Meeting, form: PressForm) -> None:
    """Go on in the meeting: begin, next, more minutes, stop, or one step back.

    Raises `Conflict` when somebody has pressed since the actor looked, when the state allows no such step, and where
    the coordinator leads the case; `Invalid` with what has to be confirmed before the next case.
    """
    if meeting.state != "open":
        must_not_be_over(meeting)
        raise Conflict("chair.not_opened")
    more = 0
    if form.press == "begin":
        await _must_be_time(work, meeting)
    elif form.press == "next" and (wanting := await work.ask(MayGoOn(work, meeting))):
        raise Invalid(*wanting)
    elif form.press == "more":
        more = await _minutes(work, meeting, "more_case_minutes")
    way = provider_of(work.tools, meeting.team_id).way
    pressed = func.press_run(meeting.id, form.press, form.turn, more, way).table_valued(*_PRESSED)
    rows = (await work.session.execute(select(pressed))).all()
    if not rows:
        raise NotVisible
    if rows[0].outcome != "done":
        raise Conflict(f"chair.{rows[0].outcome}")
    for row in rows:
        about = {"case_id": row.case_id, "case_reference": row.reference, "controller_id": row.controller_id}
        work.record(Mode.WRITE, {Kind.SHELL, Kind.MEETING}, subjects=[row.case_id], basis="coordination", **about)
    await work.session.refresh(meeting)


async def _must_be_time(work: Work, meeting: Meeting) -> None:
    """A meeting begins when its rooms open, and no more when it is over."""
    early = await _minutes(work, meeting, "join_minutes_before")
    if (meeting.starts_at - now()).total_seconds() > early * 60:
        raise Conflict("meeting.not_now", minutes=early)


async def minutes_each(work: Work, meeting: Meeting) -> int:
    """Return how many minutes a case has at this table."""
    return await _minutes(work, meeting, "case_minutes")


async def _minutes(work: Work, meeting: Meeting, name: str) -> int:
    team = await people.team_with(work, meeting.team_id)
    return await parameter(work, team.pathway, name, team.id)


def is_on(meeting: Meeting, item: AgendaItem) -> bool:
    """Tell whether the room of a case is open: the case is handled now, or nobody runs the meeting case by case."""
    return meeting.run_at is None or (item.begun_at is not None and item.handled_at is None)


def must_be_on(meeting: Meeting, item: AgendaItem) -> None:
    """Raise `Conflict` where it is shut, saying whether it will open."""
    if not is_on(meeting, item):
        raise Conflict("chair.room_handled" if item.handled_at else "chair.room_waits")


async def mark(work: Work, meeting_id: UUID, minutes: int) -> str | None:
    """Return what changes whenever the page of a running meeting does; None where the actor may not look any more."""
    found: str | None = await work.session.scalar(select(func.run_mark(meeting_id, minutes)))
    return found
