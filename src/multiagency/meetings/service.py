"""Meetings: called, filled with cases, seats given on the ground of consent, opened."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from multiagency.cases.desk import Desk, open_desk
from multiagency.cases.models import LawfulBasis
from multiagency.cases.service import RETENTION, move
from multiagency.cases.service_bars import must_not_be_barred
from multiagency.cases.service_grants import TABLE_KINDS, consent_basis, grant
from multiagency.cases.service_versions import settle
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, FieldError, Invalid, NotVisible
from multiagency.kernel.ids import as_reference, reference, uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.versions import Change, Saved
from multiagency.kernel.work import Work
from multiagency.meetings import service_invitations as invitations
from multiagency.meetings.forms import AgendaForm, MeetingForm, MinutesForm, SeatForm, SeatsForm
from multiagency.meetings.models import AgendaItem, Meeting, Minutes, Seat
from multiagency.people import reading as people
from multiagency.people.models import Team, TeamMember
from multiagency.people.reading import Colleague

_NOT_AT_A_SEAT = frozenset({Kind.CONSENT, Kind.CONTACT})
"""A seat shows neither how consent was asked nor how the client is reached: nobody at the table needs it."""


async def my_teams(work: Work) -> Sequence[Team]:
    """Return the teams that the actor coordinates."""
    mine = people.coordinating(now()).where(TeamMember.post_id == work.actor.post_id).with_only_columns(Team.id)
    return (await work.session.scalars(select(Team).where(Team.id.in_(mine)))).all()


async def call(work: Work, form: MeetingForm) -> Meeting:
    """Call a remote meeting of a team that the actor coordinates."""
    errors = []
    if form.team not in {team.id for team in await my_teams(work)}:
        errors.append(FieldError("team", "error.unknown_team"))
    if form.starts_at <= now():
        errors.append(FieldError("starts_at", "error.in_past"))
    if form.ends_at <= form.starts_at:
        errors.append(FieldError("ends_at", "meeting.ends_before_it_starts"))
    if errors:
        raise Invalid(*errors)
    meeting = Meeting(
        id=uuid7(),
        reference=reference(),
        team_id=form.team,
        starts_at=form.starts_at,
        ends_at=form.ends_at,
        state="planned",
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
    """Put a submitted case on the agenda, in a room of its own. Raises `Conflict` once the meeting is over."""
    _must_not_be_over(meeting)
    desk = await desk_of(work, form.case)
    await move(desk, "on_agenda")
    last = await work.session.scalar(
        select(func.coalesce(func.max(AgendaItem.position), 0)).where(AgendaItem.meeting_id == meeting.id)
    )
    item = AgendaItem(
        id=uuid7(),
        case_id=desk.case.id,
        controller_id=work.actor.agency_id,
        retention_class=RETENTION,
        meeting_id=meeting.id,
        position=(last or 0) + 1,
        room=uuid7(),
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
    query = select(AgendaItem).where(
        AgendaItem.meeting_id == meeting.id, AgendaItem.case_id == desk.case.id, AgendaItem.ended_at.is_(None)
    )
    item = await work.session.scalar(query)
    if item is None:
        raise Conflict("meeting.not_on_agenda")
    return item


def _must_not_be_over(meeting: Meeting) -> None:
    if meeting.ends_at <= now():
        raise Conflict("meeting.is_over")


async def give_seat(work: Work, meeting: Meeting, form: SeatForm) -> None:
    """Seat one post at one case; see `give_seats`."""
    await give_seats(work, meeting, SeatsForm(case=form.case, post=[form.post]))


async def give_seats(work: Work, meeting: Meeting, form: SeatsForm) -> None:
    """Seat posts at one case: all of them or, when one may not sit there, none.

    Raises `Conflict` unless the consent names the agency of each, when one is seated already, and once the meeting
    is over; `Invalid` when nobody is chosen or somebody is unknown.
    """
    _must_not_be_over(meeting)
    if not form.post:
        raise Invalid.of("post", "meetings.nobody_chosen")
    desk = await desk_of(work, form.case)
    item = await agenda_item(work, meeting, desk)
    allowed = [await _may_sit(desk, item, post_id) for post_id in dict.fromkeys(form.post)]
    for colleague, basis in allowed:
        await _seat(desk, item, colleague, basis)
    if meeting.state == "open":
        await invitations.invite_seated(work, meeting)


async def _may_sit(desk: Desk, item: AgendaItem, post_id: UUID) -> tuple[Colleague, LawfulBasis]:
    """Return the post and the basis that its agency has from the client's consent."""
    colleague = await people.known_colleague(desk.work, post_id, "post")
    await must_not_be_barred(desk, colleague, "post")
    basis = await consent_basis(desk.work, desk.case, colleague.agency, desk.work.actor.language)
    taken = select(Seat.id).where(Seat.agenda_item_id == item.id, Seat.post_id == colleague.post.id)
    if await desk.work.session.scalar(taken.where(Seat.ended_at.is_(None))) is not None:
        raise Conflict("meeting.seat_taken")
    return colleague, basis


async def _seat(desk: Desk, item: AgendaItem, colleague: Colleague, basis: LawfulBasis) -> None:
    work = desk.work
    seat = Seat(
        id=uuid7(),
        case_id=desk.case.id,
        controller_id=work.actor.agency_id,
        retention_class=RETENTION,
        agenda_item_id=item.id,
        post_id=colleague.post.id,
    )
    work.session.add(seat)
    await work.session.flush()
    kinds = (TABLE_KINDS | set(map(Kind, basis.kinds))) - _NOT_AT_A_SEAT
    await grant(work, basis, colleague.post.id, "seat", Capability.READ, kinds, seat.id)
    desk.wrote(Kind.MEETING, recipient_id=colleague.agency.id)


async def open_meeting(work: Work, meeting: Meeting) -> int:
    """Open the meeting: everybody seated is invited in this same transaction. Return how many invitations left."""
    _must_not_be_over(meeting)
    meeting.state = "open"
    await work.session.flush()
    invited = await invitations.invite_seated(work, meeting)
    if not invited:
        raise Conflict("meeting.nobody_seated")
    work.record(Mode.WRITE)
    return invited


async def record_minutes(work: Work, meeting: Meeting, form: MinutesForm) -> None:
    """Record what was agreed about one case; a correction is a new version, the earlier stays.

    Raises `Conflict` where a newer answer of the client leaves the conveners out.
    """
    desk = await desk_of(work, form.case)
    if Kind.MINUTES not in desk.kinds:
        raise Conflict("case.nothing_shared")
    item = await agenda_item(work, meeting, desk)
    await settle(work, await saved_minutes(desk, item), {"text": form.text})
    if desk.case.stage == "on_agenda":
        await move(desk, "in_follow_up")
    last = await work.session.scalar(select(func.max(Minutes.version)).where(Minutes.agenda_item_id == item.id))
    minutes = Minutes(
        id=uuid7(),
        case_id=desk.case.id,
        controller_id=work.actor.agency_id,
        retention_class=RETENTION,
        agenda_item_id=item.id,
        version=(last or 0) + 1,
        author_id=work.actor.post_id,
        recorded_at=now(),
    )
    await work.vault.seal(minutes, text=form.text)
    work.session.add(minutes)
    await work.session.flush()
    desk.wrote(Kind.MINUTES)


async def saved_minutes(desk: Desk, item: AgendaItem) -> Saved:
    """Return the newest minutes of an item, as whoever corrects them sees them."""
    query = select(Minutes).where(Minutes.agenda_item_id == item.id).order_by(Minutes.version.desc()).limit(1)
    row, about = await desk.work.session.scalar(query), f"minutes:{item.id}"
    if row is None:
        return Saved(about, {"text": ""})
    text = {"text": await desk.work.vault.open(row, "text")}
    return Saved(about, text, {"text": Change(row.author_id, row.recorded_at)})
