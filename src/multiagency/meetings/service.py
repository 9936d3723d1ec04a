"""Meetings: called, filled with cases, seats given on the ground of consent, opened."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, case, func, select

from multiagency.cases.desk import Desk, open_desk
from multiagency.cases.service import move_on
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid, NotVisible
from multiagency.kernel.ids import as_reference, reference, uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.portions import Portion, portion
from multiagency.kernel.work import Work
from multiagency.meetings import service_invitations as invitations
from multiagency.meetings.forms import AgendaForm, MeetingForm, SeatForm
from multiagency.meetings.models import AgendaItem, Meeting, Seat
from multiagency.meetings.service_endings import take_back
from multiagency.meetings.service_states import RECORDED, must_not_be_over, wrong_times
from multiagency.pathways.definition import StageKind
from multiagency.people import reading as people
from multiagency.people.models import Team, TeamMember


async def my_teams(work: Work) -> Sequence[Team]:
    """Return the teams that the actor coordinates."""
    return (await work.session.scalars(select(Team).where(Team.id.in_(my_team_ids(work))))).all()


def my_team_ids(work: Work) -> Select[UUID]:
    """Return the query for the teams that the actor coordinates."""
    return people.coordinating(now()).where(TeamMember.post_id == work.actor.post_id).with_only_columns(Team.id)


async def call(work: Work, form: MeetingForm, *, team_only: bool = False) -> Meeting:
    """Call a remote meeting of a team that the actor coordinates, or enter one that has been held.

    With `team_only` it is about the team's own work, and no case ever comes on its agenda.

    Raises `Invalid` with every wrong field, and the team's limits where a time is beyond them.
    """
    team = next((team for team in await my_teams(work) if team.id == form.team), None)
    if team is None:
        raise Invalid.of("team", "error.unknown_team")
    if errors := await wrong_times(work, team, form, recorded=form.recorded):
        raise Invalid(*errors)
    meeting = Meeting(
        id=uuid7(),
        reference=reference(),
        team_id=form.team,
        starts_at=form.starts_at,
        ends_at=form.ends_at,
        state=RECORDED if form.recorded else "planned",
        team_only=team_only,
        chair_id=work.actor.post_id,
    )
    work.session.add(meeting)
    await work.session.flush()
    work.record(Mode.WRITE)
    return meeting


async def find(work: Work, wanted: str) -> Meeting:
    """Return a meeting of a team that the actor coordinates. Raises `NotVisible`."""
    query = select(Meeting).where(Meeting.reference == as_reference(wanted), Meeting.team_id.in_(my_team_ids(work)))
    meeting = await work.session.scalar(query)
    if meeting is None:
        raise NotVisible
    return meeting


async def list_meetings(work: Work, start: int = 0) -> Portion[Meeting]:
    """Return the meetings of the actor's teams: those to come, the next first, then those over, the latest first."""
    work.record(Mode.READ)
    to_come = Meeting.ends_at > now()
    order = (~to_come, case((to_come, Meeting.starts_at)), Meeting.starts_at.desc(), Meeting.id)
    mine = select(Meeting).where(Meeting.team_id.in_(my_team_ids(work)), Meeting.team_only.is_(False))
    found = await portion(work, mine.order_by(*order), start)
    return found.of([row[0] for row in found.rows])


async def place_on_agenda(work: Work, meeting: Meeting, form: AgendaForm) -> AgendaItem:
    """Put a case of the team on the agenda, in a room of its own: for the first time, or again from its follow-up.

    Raises `Invalid` for a case of another team, `Conflict` once the meeting is over, and for a case that is on it.
    """
    must_not_be_over(meeting)
    if meeting.team_only:
        raise Conflict("team_meetings.no_cases")
    desk = await desk_of(work, form.case)
    if desk.case.team_id != meeting.team_id:
        raise Invalid.of("case", "meeting.other_team")
    if await _living_item(work, meeting, desk) is not None:
        raise Conflict("meeting.on_agenda_already")
    return await place(desk, meeting)


async def place(desk: Desk, meeting: Meeting) -> AgendaItem:
    """Put a case last on an agenda, and move it to the table; raises as a move does."""
    work, came_from = desk.work, desk.case.stage
    await move_on(desk, StageKind.TABLE)
    last = await work.session.scalar(
        select(func.coalesce(func.max(AgendaItem.position), 0)).where(AgendaItem.meeting_id == meeting.id)
    )
    item = AgendaItem(
        id=uuid7(),
        case_id=desk.case.id,
        controller_id=work.actor.agency_id,
        retention_class=desk.case.retention_class,
        meeting_id=meeting.id,
        position=(last or 0) + 1,
        room=uuid7(),
        came_from=came_from,
    )
    work.session.add(item)
    await work.session.flush()
    desk.wrote(Kind.MEETING)
    return item


async def desk_of(work: Work, wanted: str) -> Desk:
    """Return the desk of a case named in a form. Raises `Invalid` when no such case is in sight."""
    try:
        return await open_desk(work, wanted, Act.RUN_MEETING)
    except NotVisible:
        raise Invalid.of("case", "error.unknown_case") from None


async def agenda_item(work: Work, meeting: Meeting, desk: Desk) -> AgendaItem:
    """Return a case's living place on this agenda. Raises `Conflict` when it has none."""
    item = await _living_item(work, meeting, desk)
    if item is None:
        raise Conflict("meeting.not_on_agenda")
    return item


async def _living_item(work: Work, meeting: Meeting, desk: Desk) -> AgendaItem | None:
    query = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id, AgendaItem.case_id == desk.case.id)
    return await work.session.scalar(query.where(AgendaItem.ended_at.is_(None)))


async def take_seat_back(work: Work, meeting: Meeting, form: SeatForm) -> None:
    """End a seat that was given by mistake, with its sight and place in the room; the calendar is told.

    Raises `Conflict` when the post has none at this case.
    """
    desk = await desk_of(work, form.case)
    item = await agenda_item(work, meeting, desk)
    theirs = (Seat.agenda_item_id == item.id) & (Seat.post_id == form.post)
    if await work.session.scalar(select(Seat.id).where(theirs, Seat.ended_at.is_(None))) is None:
        raise Conflict("meeting.no_such_seat")
    await take_back(desk, theirs)


async def open_meeting(work: Work, meeting: Meeting) -> int:
    """Open the meeting: everybody seated is invited in this same transaction. Return how many invitations left.

    Raises `Conflict` when the meeting is over or nobody new is seated.
    """
    must_not_be_over(meeting)
    if meeting.state == RECORDED:
        raise Conflict("meeting.is_over")
    meeting.state = "open"
    await work.session.flush()
    invited = await invitations.invite_seated(work, meeting)
    if not invited:
        raise Conflict("meeting.nobody_seated")
    work.record(Mode.WRITE)
    return invited
