"""What waits in meetings: invitations, research, minutes to record and to confirm, mail not arrived; and what comes."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Integer, Select, case, cast, exists, func, select

from multiagency.cases.desk import seen_on
from multiagency.cases.models import Case
from multiagency.cases.reading_waiting import COORDINATED, OF_A_CASE, PLACE, REFERRED
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.policy import RULES
from multiagency.kernel.waiting import ME, MY_AGENCY, NOW, TODAY, Arm, WorkWanted, day_of, waits
from multiagency.meetings.models import AgendaItem, Invitation, InvitationMail, Meeting, Seat
from multiagency.meetings.models_minutes import MinutesInstruction, MinutesRecorded
from multiagency.meetings.models_research import ResearchRequest
from multiagency.meetings.models_rooms import RoomCall
from multiagency.meetings.reading_instructions import holds_for
from multiagency.meetings.service_invitations import DECLINED
from multiagency.meetings.service_states import ENDED, RECORDED
from multiagency.pathways.definition import StageKind
from multiagency.people.models import Post

QUEUE, COMING, MINE = "queue", "coming", "meetings"
"""Parts of a first page that it shows in its own way: the queue, the meetings of one's teams, and one's own."""
REFUSED = "refused"
TEAMS = select(func.coordinated_teams())

MEETING: dict[str, Any] = {"item": Meeting.reference, "team_id": Meeting.team_id, "moment": Meeting.starts_at}
_held_on = day_of(Meeting.starts_at)
_on = (AgendaItem.meeting_id == Meeting.id, AgendaItem.ended_at.is_(None))
IN_QUEUE = (
    Case.stage_kind == StageKind.OPEN,
    Case.agenda_by.is_not(None),
    Case.team_id.in_(TEAMS),
    COORDINATED,
)
"""Which cases a coordinator has in the queue: those that are to come on an agenda."""


def to_come(**more: Any) -> Select[*tuple[Any, ...]]:
    """Return the query for the meetings of the actor's teams that are still to come, with how full they are.

    `since` is set for a draft, whose invitations wait to be sent.
    """
    number = select(func.count()).where(*_on).correlate(Meeting).scalar_subquery()
    minutes = cast(func.extract("epoch", Meeting.ends_at - Meeting.starts_at) / 60, Integer)
    draft = case((Meeting.state == "planned", Meeting.starts_at))
    columns = {**MEETING, "due": _held_on, "number": number, "minutes": minutes, "since": draft, **more}
    return waits("meeting", row_id=Meeting.id, **columns).where(
        Meeting.team_id.in_(TEAMS), Meeting.starts_at > NOW, Meeting.state.in_(("planned", "open")), ~Meeting.team_only
    )


_INVITED = (
    waits("invitation", row_id=Invitation.id, **MEETING, due=_held_on)
    .join(Meeting, Meeting.id == Invitation.meeting_id)
    .where(Invitation.post_id == ME, Invitation.cancelled_at.is_(None), Invitation.answer == "needs_action")
    .where(Meeting.ends_at > NOW, Meeting.state.not_in(ENDED))
)

_MINE = (
    waits("my_meeting", row_id=Invitation.id, **MEETING, due=_held_on)
    .join(Meeting, Meeting.id == Invitation.meeting_id)
    .where(Invitation.post_id == ME, Invitation.cancelled_at.is_(None), Invitation.answer == "accepted")
    .where(Meeting.ends_at > NOW, Meeting.state.not_in(ENDED))
)

_CHAIRED = (
    waits("lead_meeting", row_id=Meeting.id, **MEETING, due=_held_on)
    .where(Meeting.chair_id == ME, Meeting.ends_at > NOW, Meeting.state == "open")
    .where(Meeting.team_id.not_in(TEAMS), Meeting.starts_at < NOW + timedelta(days=1))
)
"""The meetings of this day and the next that one leads without coordinating their team.

Whoever does coordinate it finds them among those to come.
"""

_my_agency = select(Post.agency_id).where(Post.id == ME).scalar_subquery()
_confirmed = exists().where(MinutesRecorded.instruction_id == MinutesInstruction.id, MinutesRecorded.post_id == ME)
_TO_CONFIRM = (
    waits(
        "confirm_minutes",
        row_id=MinutesInstruction.id,
        **OF_A_CASE | {"controller_id": MinutesInstruction.controller_id},
        since=MinutesInstruction.given_at,
    )
    .join(Seat, (Seat.agenda_item_id == MinutesInstruction.agenda_item_id) & (Seat.post_id == ME))
    .join(Case, Case.id == MinutesInstruction.case_id)
    .where(Seat.ended_at.is_(None), holds_for(_my_agency), ~_confirmed)
)

_of_item = OF_A_CASE | {"controller_id": AgendaItem.controller_id, "row_id": AgendaItem.id} | MEETING
_AT_MEETINGS = (
    waits("on_agenda", **_of_item, due=_held_on)
    .join(Meeting, Meeting.id == AgendaItem.meeting_id)
    .join(Case, Case.id == AgendaItem.case_id)
    .where(AgendaItem.ended_at.is_(None), AgendaItem.discussed_at.is_(None))
)
_MY_CASES = _AT_MEETINGS.where(REFERRED, Meeting.ends_at > NOW)
_UNWRITTEN = (
    waits("minutes", **_of_item, since=Meeting.ends_at)
    .join(Meeting, Meeting.id == AgendaItem.meeting_id)
    .join(Case, Case.id == AgendaItem.case_id)
    .where(AgendaItem.ended_at.is_(None), AgendaItem.discussed_at.is_(None))
    .where(Meeting.team_id.in_(TEAMS), Meeting.state.in_(("open", RECORDED)), Meeting.starts_at <= NOW, COORDINATED)
)
_TO_WRITE = (
    waits("minutes", **_of_item, since=Meeting.ends_at)
    .join(Meeting, Meeting.id == AgendaItem.meeting_id)
    .join(Seat, (Seat.agenda_item_id == AgendaItem.id) & (Seat.post_id == ME) & Seat.ended_at.is_(None))
    .join(Case, Case.id == AgendaItem.case_id)
    .where(AgendaItem.ended_at.is_(None), AgendaItem.discussed_at.is_(None))
    .where(Meeting.writer_id == ME, Meeting.state.in_(("open", RECORDED)), Meeting.starts_at <= NOW)
)
_UNDELIVERED = (
    waits("refused_mail", row_id=Invitation.id, **MEETING, post_id=Invitation.post_id, due=_held_on)
    .join(Meeting, Meeting.id == Invitation.meeting_id)
    .join(
        InvitationMail,
        (InvitationMail.invitation_id == Invitation.id) & (InvitationMail.sequence == Invitation.sequence),
    )
    .where(Meeting.team_id.in_(TEAMS), Meeting.ends_at > NOW, Meeting.state.not_in(ENDED))
    .where(InvitationMail.state == REFUSED, Invitation.cancelled_at.is_(None), Invitation.answer != DECLINED)
)
_unanswered = (
    ResearchRequest.agenda_item_id == AgendaItem.id,
    ResearchRequest.ended_at.is_(None),
    ResearchRequest.returned_at.is_(None),
)
_ASKED_OF_US = (
    waits(
        "research",
        row_id=ResearchRequest.id,
        **OF_A_CASE | {"controller_id": ResearchRequest.controller_id} | MEETING,
        due=ResearchRequest.due_on,
        since=ResearchRequest.asked_at,
    )
    .join(AgendaItem, AgendaItem.id == ResearchRequest.agenda_item_id)
    .join(Seat, (Seat.agenda_item_id == AgendaItem.id) & (Seat.post_id == ME))
    .join(Meeting, Meeting.id == AgendaItem.meeting_id)
    .join(Case, Case.id == AgendaItem.case_id)
    .where(ResearchRequest.agency_id == MY_AGENCY, *_unanswered[1:], Seat.ended_at.is_(None))
    .where(AgendaItem.ended_at.is_(None), Meeting.starts_at > NOW)
)
_missed = (*_unanswered, ResearchRequest.due_on < TODAY)
_missed_since = select(func.min(ResearchRequest.due_on)).where(*_missed).correlate(AgendaItem).scalar_subquery()
_missing = select(func.count()).where(*_missed).correlate(AgendaItem).scalar_subquery()
_NOT_RETURNED = (
    waits("research_missing", **_of_item, due=_missed_since, number=_missing)
    .join(Meeting, Meeting.id == AgendaItem.meeting_id)
    .join(Case, Case.id == AgendaItem.case_id)
    .where(exists().where(*_missed).correlate(AgendaItem), AgendaItem.ended_at.is_(None))
    .where(Meeting.team_id.in_(TEAMS), Meeting.state == "open", Meeting.starts_at > NOW, COORDINATED)
)
_TO_EMPTY = (
    waits("room_not_emptied", row_id=RoomCall.id, **MEETING, since=RoomCall.told_at)
    .join(Meeting, Meeting.id == RoomCall.meeting_id)
    .where(Meeting.team_id.in_(TEAMS), RoomCall.settled_at.is_(None), RoomCall.told_at.is_not(None))
)
_QUEUED = waits(QUEUE, row_id=Case.id, due=Case.agenda_by).where(*IN_QUEUE)

_IN = "/meetings/{item}"
_RESEARCH = f"{_IN}/cases/{{reference}}/research"
_AT_THE_TABLE = [
    Arm("invitation", _INVITED, f"{_IN}/invitation", "meetings"),
    Arm("research", _ASKED_OF_US, f"{_IN}/cases/{{reference}}/return", "meetings", "mine", Kind.MEETING, seen_on),
    Arm("my_meeting", _MINE, f"{_IN}/invitation", "", MINE),
    Arm("confirm_minutes", _TO_CONFIRM, f"{PLACE}/minutes", "meetings", "mine", Kind.MINUTES, seen_on, prompt=True),
]
_OF_CHAIRS = [Arm("lead_meeting", _CHAIRED, f"{_IN}/chair", "", "mine")]
_OF_REFERRERS = [Arm("on_agenda", _MY_CASES, PLACE, "", "others", Kind.MEETING, seen_on)]
_MINUTES = f"{_IN}/cases/{{reference}}/minutes"
_OF_WRITERS = [Arm("minutes", _TO_WRITE, _MINUTES, "meetings", "mine", Kind.MEETING, seen_on, prompt=True)]
_OF_COORDINATORS = [
    Arm(QUEUE, _QUEUED, area="cases", part=""),
    Arm("minutes", _UNWRITTEN, _MINUTES, "meetings", "mine", Kind.MEETING, seen_on, prompt=True),
    Arm("research_missing", _NOT_RETURNED, _RESEARCH, "meetings", "mine", Kind.MEETING, seen_on),
    Arm("room_not_emptied", _TO_EMPTY, f"{_IN}/rooms", "meetings", prompt=True),
    Arm("refused_mail", _UNDELIVERED, f"{_IN}/invitations/{{post}}/resending", "meetings", prompt=True),
    Arm("meeting", to_come(), _IN, "", COMING),
]


async def waiting(asked: WorkWanted) -> list[Arm]:
    """Add what waits for somebody in this role."""
    sits, refers = (RULES[act].role_may(asked.role) for act in (Act.ANSWER_INVITATION, Act.OPEN_CASE))
    coordinates = _OF_COORDINATORS if asked.role is Role.COORDINATOR else _OF_WRITERS if sits else []
    return [*(_AT_THE_TABLE + _OF_CHAIRS if sits else []), *(_OF_REFERRERS if refers else []), *coordinates]
