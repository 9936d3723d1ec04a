"""Meetings: called, filled with cases, seats given on the ground of consent, opened."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from multiagency.cases.desk import Desk, open_desk
from multiagency.cases.models import LawfulBasis
from multiagency.cases.service import move
from multiagency.cases.service_bars import must_not_be_barred
from multiagency.cases.service_grants import TABLE_KINDS, consent_basis, grant
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid, NotVisible
from multiagency.kernel.ids import as_reference, reference, uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings import service_invitations as invitations
from multiagency.meetings.forms import AgendaForm, MeetingForm, SeatForm, SeatingForm, SeatsForm
from multiagency.meetings.models import AgendaItem, Meeting, Seat
from multiagency.meetings.service_endings import take_back
from multiagency.meetings.service_reaching import show_how_to_reach
from multiagency.meetings.service_states import RECORDED, must_not_be_over, wrong_times
from multiagency.people import reading as people
from multiagency.people.models import Team, TeamMember
from multiagency.people.reading import Colleague

_NOT_AT_A_SEAT = frozenset({Kind.CONSENT, Kind.CONTACT})
"""A seat shows neither how consent was asked nor how the client is reached: whose task that is, is shown it apart."""


async def my_teams(work: Work) -> Sequence[Team]:
    """Return the teams that the actor coordinates."""
    mine = people.coordinating(now()).where(TeamMember.post_id == work.actor.post_id).with_only_columns(Team.id)
    return (await work.session.scalars(select(Team).where(Team.id.in_(mine)))).all()


async def call(work: Work, form: MeetingForm) -> Meeting:
    """Call a remote meeting of a team that the actor coordinates, or enter one that has been held.

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
    )
    work.session.add(meeting)
    await work.session.flush()
    work.record(Mode.WRITE)
    return meeting


async def find(work: Work, wanted: str) -> Meeting:
    """Return a meeting of a team that the actor coordinates. Raises `NotVisible`."""
    teams = [team.id for team in await my_teams(work)]
    query = select(Meeting).where(Meeting.reference == as_reference(wanted), Meeting.team_id.in_(teams))
    meeting = await work.session.scalar(query)
    if meeting is None:
        raise NotVisible
    return meeting


async def list_meetings(work: Work) -> Sequence[Meeting]:
    """Return the meetings of the actor's teams, the next first."""
    teams = [team.id for team in await my_teams(work)]
    work.record(Mode.READ)
    query = select(Meeting).where(Meeting.team_id.in_(teams)).order_by(Meeting.starts_at)
    return (await work.session.scalars(query)).all()


async def place_on_agenda(work: Work, meeting: Meeting, form: AgendaForm) -> AgendaItem:
    """Put a case of the team on the agenda, in a room of its own: for the first time, or again from its follow-up.

    Raises `Invalid` for a case of another team, `Conflict` once the meeting is over, and for a case that is on it.
    """
    must_not_be_over(meeting)
    desk = await desk_of(work, form.case)
    if desk.case.team_id != meeting.team_id:
        raise Invalid.of("case", "meeting.other_team")
    if await _living_item(work, meeting, desk) is not None:
        raise Conflict("meeting.on_agenda_already")
    came_from = desk.case.stage
    await move(desk, "on_agenda")
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


async def give_seat(work: Work, meeting: Meeting, form: SeatingForm) -> None:
    """Seat one post at one case; see `give_seats`."""
    reaching = [form.post] if form.reaches_client else []
    await give_seats(work, meeting, SeatsForm(case=form.case, post=[form.post], reaching=reaching))


async def give_seats(work: Work, meeting: Meeting, form: SeatsForm) -> None:
    """Seat posts at one case: all of them or, when one may not sit there, none.

    Raises `Conflict` unless the consent names the agency of each, when one is seated already, and once the meeting
    is over, or has been written down when it was entered afterwards; `Invalid` when nobody is chosen, somebody is
    unknown, or the client is to be reached by who is not chosen or for a meeting that has been held.
    """
    must_not_be_over(meeting)
    if not form.post:
        raise Invalid.of("post", "meetings.nobody_chosen")
    if form.reaching and meeting.state == RECORDED:
        raise Invalid.of("reaching", "seats.reaching_afterwards")
    if not set(form.reaching) <= set(form.post):
        raise Invalid.of("reaching", "seats.reaching_not_chosen")
    desk = await desk_of(work, form.case)
    item = await agenda_item(work, meeting, desk)
    if meeting.state == RECORDED and item.discussed_at is not None:
        raise Conflict("meeting.is_over")
    allowed = [await _may_sit(desk, item, post_id) for post_id in dict.fromkeys(form.post)]
    for colleague, basis in allowed:
        seat = await _seat(desk, item, colleague, basis, reaches_client=colleague.post.id in form.reaching)
        await show_how_to_reach(work, meeting, seat, basis)
    if meeting.state == "open":
        await invitations.invite_seated(work, meeting)


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


async def _may_sit(desk: Desk, item: AgendaItem, post_id: UUID) -> tuple[Colleague, LawfulBasis]:
    """Return the post and the basis that its agency has from the client's consent."""
    colleague = await people.known_colleague(desk.work, post_id, "post")
    await must_not_be_barred(desk, colleague, "post")
    basis = await consent_basis(desk.work, desk.case, colleague.agency, desk.work.actor.language)
    taken = select(Seat.id).where(Seat.agenda_item_id == item.id, Seat.post_id == colleague.post.id)
    if await desk.work.session.scalar(taken.where(Seat.ended_at.is_(None))) is not None:
        raise Conflict("meeting.seat_taken")
    return colleague, basis


async def _seat(
    desk: Desk, item: AgendaItem, colleague: Colleague, basis: LawfulBasis, *, reaches_client: bool
) -> Seat:
    work = desk.work
    seat = Seat(
        id=uuid7(),
        case_id=desk.case.id,
        controller_id=work.actor.agency_id,
        retention_class=desk.case.retention_class,
        agenda_item_id=item.id,
        post_id=colleague.post.id,
        reaches_client=reaches_client,
    )
    work.session.add(seat)
    await work.session.flush()
    kinds = (TABLE_KINDS | set(map(Kind, basis.kinds))) - _NOT_AT_A_SEAT
    grant(work, basis, colleague.post.id, "seat", Capability.READ, kinds, seat.id)
    desk.wrote(Kind.MEETING, recipient_id=colleague.agency.id)
    return seat


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
