"""Reading meetings of a team's own: what a member sees of one, and which there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, select

from multiagency.kernel.clock import now
from multiagency.kernel.journal import Mode
from multiagency.kernel.portions import Portion, portion
from multiagency.kernel.work import Work
from multiagency.meetings.models import Invitation, Meeting
from multiagency.meetings.models_team import TeamAttendee, TeamMeeting, TeamMemo, TeamPoint
from multiagency.meetings.service_team import memos
from multiagency.people.models import Person, Post


@dataclass(frozen=True, slots=True)
class PointView:
    """A point of the agenda, and the name of who is responsible."""

    id: UUID
    text: str
    responsible: str


@dataclass(frozen=True, slots=True)
class AttendeeView:
    """A member who is asked to the meeting, and how their invitation stands; empty before it was sent."""

    name: str
    title: str
    answer: str


@dataclass(frozen=True, slots=True)
class TeamMeetingView:
    """A meeting of a team's own: `memo_by` is the name of who writes its memo."""

    about: TeamMeeting
    memo_by: str
    points: Sequence[PointView]
    attendees: Sequence[AttendeeView]
    memos: Sequence[TeamMemo]

    @property
    def memo(self) -> TeamMemo | None:
        """The approved memo; None as long as there is none."""
        return next((memo for memo in self.memos if memo.approved_at is not None), None)


async def list_team_meetings(work: Work, start: int = 0) -> Portion[tuple[Meeting, TeamMeeting]]:
    """Return the meetings of one's teams' own: those to come, the next first, then those over, the latest first."""
    work.record(Mode.READ)
    to_come = Meeting.ends_at > now()
    order = (~to_come, case((to_come, Meeting.starts_at)), Meeting.starts_at.desc(), Meeting.id)
    query = select(Meeting, TeamMeeting).join(TeamMeeting, TeamMeeting.meeting_id == Meeting.id).order_by(*order)
    found = await portion(work, query, start)
    return found.of([(row[0], row[1]) for row in found.rows])


async def team_meeting(work: Work, meeting: Meeting) -> TeamMeetingView:
    """Return one of them."""
    work.record(Mode.READ)
    about = await work.session.get_one(TeamMeeting, meeting.id)
    named = select(Person.name).join(Post, Post.person_id == Person.id)
    responsible = named.where(Post.id == TeamPoint.responsible_id).correlate(TeamPoint).scalar_subquery()
    points = await work.session.execute(
        select(TeamPoint.id, TeamPoint.text, func.coalesce(responsible, ""))
        .where(TeamPoint.meeting_id == meeting.id, TeamPoint.ended_at.is_(None))
        .order_by(TeamPoint.id)
    )
    answer = (
        select(Invitation.answer)
        .where(Invitation.meeting_id == meeting.id, Invitation.post_id == TeamAttendee.post_id)
        .where(Invitation.cancelled_at.is_(None))
        .scalar_subquery()
    )
    attendees = await work.session.execute(
        select(Person.name, Post.title, func.coalesce(answer, ""))
        .select_from(TeamAttendee)
        .join(Post, Post.id == TeamAttendee.post_id)
        .join(Person, Person.id == Post.person_id)
        .where(TeamAttendee.meeting_id == meeting.id, TeamAttendee.ended_at.is_(None))
        .order_by(Person.name)
    )
    memo_by = await work.session.scalar(named.where(Post.id == about.memo_by_id)) if about.memo_by_id else ""
    return TeamMeetingView(
        about,
        memo_by or "",
        [PointView(*row) for row in points],
        [AttendeeView(*row) for row in attendees],
        await memos(work, meeting),
    )
