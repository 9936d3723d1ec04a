"""Meetings of a team about its own work: steering group, yearly schedule. Nothing about any client is in them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select, update

from multiagency.kernel.clock import now
from multiagency.kernel.database import holds_at
from multiagency.kernel.errors import Conflict, Invalid, NotVisible
from multiagency.kernel.ids import as_reference, uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings.forms import MeetingForm
from multiagency.meetings.forms_team import TeamMeetingForm, TeamMemoForm, TeamPointForm
from multiagency.meetings.models import Meeting
from multiagency.meetings.models_team import TeamAttendee, TeamMeeting, TeamMemo, TeamPoint
from multiagency.meetings.service import call
from multiagency.meetings.service_states import must_not_be_over
from multiagency.people import reading as people
from multiagency.people.models import Post, TeamMember
from multiagency.people.reading import Colleague


async def members(work: Work, team_ids: Collection[UUID]) -> list[Colleague]:
    """Return who belongs to these teams now and may sit at a table, by agency and name."""
    theirs = select(TeamMember.post_id).where(TeamMember.team_id.in_(team_ids), holds_at(TeamMember, now()))
    query = people.at_the_table().where(Post.id.in_(theirs))
    return [Colleague(*row) for row in await work.session.execute(query)]


async def call_team(work: Work, form: TeamMeetingForm) -> Meeting:
    """Prepare a meeting of a team's own as a draft. Raises `Invalid` with what is wrong, and for who is no member."""
    times = MeetingForm(team=form.team, starts_at=form.starts_at, ends_at=form.ends_at)
    meeting = await call(work, times, team_only=True)
    if not form.post:
        raise Invalid.of("post", "meetings.nobody_chosen")
    await _must_be_members(work, meeting, "post", *form.post)
    if form.memo_by:
        await _must_be_members(work, meeting, "memo_by", form.memo_by)
    about = TeamMeeting(meeting_id=meeting.id, title=form.title, place=form.place or None, memo_by_id=form.memo_by)
    work.session.add_all([about, *(_asked(meeting, post) for post in dict.fromkeys(form.post))])
    await work.session.flush()
    return meeting


async def copy_team(work: Work, meeting: Meeting, made: Meeting) -> None:
    """Let the copy of such a meeting be about the same, at the same place, with those who are members still."""
    about = await work.session.get_one(TeamMeeting, meeting.id)
    present = {who.post.id for who in await members(work, [meeting.team_id])}
    memo_by = about.memo_by_id if about.memo_by_id in present else None
    work.session.add(TeamMeeting(meeting_id=made.id, title=about.title, place=about.place, memo_by_id=memo_by))
    work.session.add_all(_asked(made, post) for post in await asked(work, meeting) if post in present)
    await work.session.flush()


def _asked(meeting: Meeting, post_id: UUID) -> TeamAttendee:
    return TeamAttendee(id=uuid7(), meeting_id=meeting.id, post_id=post_id)


async def asked(work: Work, meeting: Meeting) -> Sequence[UUID]:
    """Return who is asked to the meeting."""
    living = (TeamAttendee.meeting_id == meeting.id, TeamAttendee.ended_at.is_(None))
    return (await work.session.scalars(select(TeamAttendee.post_id).where(*living))).all()


async def find_team(work: Work, wanted: str) -> Meeting:
    """Return a meeting of a team's own that the actor may see: as a member, once opened. Raises `NotVisible`."""
    query = select(Meeting).join(TeamMeeting, TeamMeeting.meeting_id == Meeting.id)
    meeting = await work.session.scalar(query.where(Meeting.reference == as_reference(wanted)))
    if meeting is None:
        raise NotVisible
    return meeting


async def leads(work: Work, meeting: Meeting) -> bool:
    """Tell whether the actor prepares and leads the meeting: who coordinates its team."""
    return work.actor.post_id in {post.id for post in await people.coordinators_of(work, meeting.team_id)}


async def add_point(work: Work, meeting: Meeting, form: TeamPointForm) -> None:
    """Add a point to the agenda. Raises `Conflict` once the meeting is over, `Invalid` for who is no member."""
    must_not_be_over(meeting)
    if form.responsible:
        await _must_be_members(work, meeting, "responsible", form.responsible)
    work.session.add(TeamPoint(id=uuid7(), meeting_id=meeting.id, text=form.text, responsible_id=form.responsible))
    await work.session.flush()
    work.record(Mode.WRITE)


async def end_point(work: Work, meeting: Meeting, point: UUID) -> None:
    """Take a point off the agenda. Raises `Conflict` once the meeting is over, or when there is none such."""
    must_not_be_over(meeting)
    living = (TeamPoint.id == point, TeamPoint.meeting_id == meeting.id, TeamPoint.ended_at.is_(None))
    if await work.session.scalar(select(TeamPoint.id).where(*living)) is None:
        raise Conflict("team_meetings.no_such_point")
    await work.session.execute(update(TeamPoint).where(*living).values(ended_at=now()))
    work.record(Mode.WRITE)


async def may_write(work: Work, meeting: Meeting) -> bool:
    """Tell whether the actor writes the memo: who was named for it, or leads the meeting."""
    about = await work.session.get_one(TeamMeeting, meeting.id)
    return about.memo_by_id == work.actor.post_id or await leads(work, meeting)


async def memos(work: Work, meeting: Meeting) -> Sequence[TeamMemo]:
    """Return the memo as far as the actor may see it, newest first: approved, and drafts for who writes or leads."""
    query = select(TeamMemo).where(TeamMemo.meeting_id == meeting.id)
    return (await work.session.scalars(query.order_by(TeamMemo.version.desc()))).all()


async def write_memo(work: Work, meeting: Meeting, form: TeamMemoForm) -> None:
    """Save a draft. Raises `Conflict` before the meeting, when it is approved, and when somebody saved a newer one."""
    if meeting.state != "open" or meeting.starts_at > now():
        raise Conflict("team_meetings.memo_early")
    newest = await work.session.scalar(select(func.max(TeamMemo.version)).where(TeamMemo.meeting_id == meeting.id)) or 0
    known = await memos(work, meeting)
    if known and known[0].approved_at is not None:
        raise Conflict("team_meetings.memo_approved")
    if form.seen != newest:
        raise Conflict("minutes.newer_draft")
    work.session.add(
        TeamMemo(
            id=uuid7(),
            meeting_id=meeting.id,
            version=newest + 1,
            text=form.text,
            author_id=work.actor.post_id,
            recorded_at=now(),
        )
    )
    await work.session.flush()
    work.record(Mode.WRITE)


async def approve_memo(work: Work, meeting: Meeting, version: int) -> None:
    """Approve the newest draft; from then on it is every member's and never changes. Raises `Conflict` for another."""
    known = await memos(work, meeting)
    if not known or known[0].version != version or known[0].approved_at is not None:
        raise Conflict("minutes.newer_draft")
    known[0].approved_at, known[0].approved_by_id = now(), work.actor.post_id
    await work.session.flush()
    work.record(Mode.WRITE)


async def _must_be_members(work: Work, meeting: Meeting, field: str, *posts: UUID) -> None:
    if not set(posts) <= {who.post.id for who in await members(work, [meeting.team_id])}:
        raise Invalid.of(field, "team_meetings.no_member")
