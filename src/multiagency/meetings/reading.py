"""Reading a meeting: the agenda as its coordinator sees it, minutes, and one's own cases in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk, rest_on_grants
from multiagency.cases.models import AccessGrant, Case
from multiagency.cases.service_bars import not_barred
from multiagency.cases.service_coordination import take_up
from multiagency.cases.service_grants import sharing_agencies
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.work import Work
from multiagency.mail.models import OutboxMessage
from multiagency.meetings.models import AgendaItem, Invitation, Meeting, Minutes, Seat
from multiagency.meetings.service_invitations import seats_of
from multiagency.people import reading as people
from multiagency.people.models import Agency, Person, Post
from multiagency.people.reading import Colleague


@dataclass(frozen=True, slots=True)
class SeatView:
    """Who sits at a case."""

    post: UUID
    name: str
    title: str
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
    """How an invitation stands: the answer, who could come instead, and whether the newest message has left."""

    post: UUID
    name: str
    title: str
    agency: str
    answer: str
    cancelled: bool
    delivery: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class AgendaView:
    """A meeting as its coordinator sees it; `ended` holds the references of cases that were taken off the agenda."""

    items: list[ItemView]
    invited: list[InvitedView]
    ended: list[str]

    def uninvited(self) -> list[SeatView]:
        """Return who has a seat and no living invitation, each person once."""
        living = {invitation.post for invitation in self.invited if not invitation.cancelled}
        seated = {seat.post: seat for item in self.items for seat in item.seats}
        return [seat for post, seat in seated.items() if post not in living]


@dataclass(frozen=True, slots=True)
class TableView:
    """Who sits at one case, and who may: colleagues in agencies that the consent names and who have no seat yet."""

    seated: list[SeatView]
    free: list[Colleague]

    @property
    def namesakes(self) -> bool:
        """Tell whether two of those who may be chosen have the same name."""
        names = [colleague.person.name for colleague in self.free]
        return len(names) > len(set(names))


@dataclass(frozen=True, slots=True)
class MinutesView:
    """One version of minutes, opened."""

    text: str
    recorded_at: datetime


async def agenda(work: Work, meeting: Meeting, language: str) -> AgendaView:
    """Return agenda, seats, answers and delivery of a meeting, whose cases its coordinator takes up first."""
    await take_up(work)
    rows = await work.session.execute(
        select(AgendaItem, Case)
        .join(Case, Case.id == AgendaItem.case_id)
        .where(AgendaItem.meeting_id == meeting.id)
        .order_by(AgendaItem.position)
    )
    placed = rows.all()
    living = [(item, case) for item, case in placed if item.ended_at is None]
    seats = await _seats(work, [item.id for item, _ in living], language)
    items = [ItemView(case.reference, case.stage, item.room, seats.get(item.id, [])) for item, case in living]
    await rest_on_grants(work, [case for _, case in placed])
    ended = [case.reference for item, case in placed if item.ended_at is not None]
    return AgendaView(items, await _invited(work, meeting, language), ended)


async def waiting(work: Work, meeting: Meeting) -> Sequence[Case]:
    """Return the submitted cases of the meeting's team that the actor coordinates, the longest waiting first."""
    coordinated = select(AccessGrant.case_id).where(
        AccessGrant.post_id == work.actor.post_id,
        AccessGrant.capability == Capability.COORDINATE,
        AccessGrant.ended_at.is_(None),
    )
    query = (
        select(Case)
        .where(Case.id.in_(coordinated), Case.team_id == meeting.team_id, Case.stage == "submitted")
        .order_by(Case.submitted_at)
    )
    cases = (await work.session.scalars(query)).all()
    await rest_on_grants(work, cases)
    return cases


async def _seats(work: Work, item_ids: Sequence[UUID], language: str) -> dict[UUID, list[SeatView]]:
    query = (
        select(Seat.agenda_item_id, Post, Person.name, Agency)
        .join(Post, Post.id == Seat.post_id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(Seat.agenda_item_id.in_(item_ids), Seat.ended_at.is_(None))
        .order_by(Agency.name_fi, Person.name)
    )
    found: dict[UUID, list[SeatView]] = {}
    for item_id, post, name, agency in await work.session.execute(query):
        found.setdefault(item_id, []).append(SeatView(post.id, name, post.title, agency.name(language)))
    return found


async def _invited(work: Work, meeting: Meeting, language: str) -> list[InvitedView]:
    newest = (
        select(OutboxMessage.state)
        .where(OutboxMessage.stream_id == Invitation.id)
        .order_by(OutboxMessage.ordinal.desc())
        .limit(1)
        .scalar_subquery()
    )
    instead = (
        select(Person.name)
        .join(Post, Post.person_id == Person.id)
        .where(Post.id == Invitation.instead_id)
        .correlate(Invitation)
        .scalar_subquery()
    )
    query = (
        select(Invitation, Post, Person.name, Agency, newest, instead)
        .join(Post, Post.id == Invitation.post_id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(Invitation.meeting_id == meeting.id)
        .order_by(Agency.name_fi, Person.name)
    )
    return [
        InvitedView(
            post=post.id,
            name=name,
            title=post.title,
            agency=agency.name(language),
            answer=row.answer,
            cancelled=row.cancelled_at is not None,
            delivery=state or "",
            instead=another or "",
        )
        for row, post, name, agency, state, another in await work.session.execute(query)
    ]


async def table(desk: Desk, item: AgendaItem, language: str) -> TableView:
    """Return who sits at a case and who may be seated there."""
    seated = (await _seats(desk.work, [item.id], language)).get(item.id, [])
    named = await people.colleagues(desk.work, await sharing_agencies(desk.work, desk.case))
    taken = {seat.post for seat in seated}
    named = await not_barred(desk, named)
    return TableView(seated, [colleague for colleague in named if colleague.post.id not in taken])


async def meeting_of(desk: Desk) -> str | None:
    """Return the reference of the meeting that has the case on its agenda."""
    query = (
        select(Meeting.reference)
        .join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
        .where(AgendaItem.case_id == desk.case.id, AgendaItem.ended_at.is_(None))
    )
    return await desk.work.session.scalar(query)


async def my_cases(work: Work, meeting: Meeting) -> Sequence[Case]:
    """Return the cases at which the actor has a living seat in a meeting, in the order of the agenda."""
    items = [item.case_id for _, item in await seats_of(work, meeting.id)]
    found = {case.id: case for case in await work.session.scalars(select(Case).where(Case.id.in_(items)))}
    cases = [found[case_id] for case_id in items if case_id in found]
    await rest_on_grants(work, cases)
    return cases


async def minutes(desk: Desk) -> list[MinutesView]:
    """Return every version of the minutes of a case, the oldest first; empty where minutes are not in sight."""
    if Kind.MINUTES not in desk.kinds:
        return []
    rows = await desk.work.session.scalars(select(Minutes).where(Minutes.case_id == desk.case.id).order_by(Minutes.id))
    return [MinutesView(await desk.work.vault.open(row, "text"), row.recorded_at) for row in rows]
