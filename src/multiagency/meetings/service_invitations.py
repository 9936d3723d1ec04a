"""Invitations: one per (meeting, post), one calendar UID for life, a private address that only the mail holds."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_

from multiagency.kernel.clock import now
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.ids import as_reference, secret, secret_hash, uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.meetings.models import AgendaItem, Invitation, JoinAddress, Meeting, Seat
from multiagency.meetings.models_team import TeamAttendee
from multiagency.meetings.service_mailing import AGAIN, MOVED, NEW_ADDRESS, SHORTER, Outgoing, send
from multiagency.meetings.service_spans import Span, needed, told
from multiagency.people.models import Post
from multiagency.people.service_notices import tell
from multiagency.web.texts import span_text

DECLINED = "declined"
"""The answer that ends sight."""


async def invite_seated(work: Work, meeting: Meeting) -> int:
    """Invite every seated post that has no living invitation to this meeting; return how many were invited."""
    posts = await seated_posts(work, meeting)
    known = {row.post_id: row for row in await _invitations(work, meeting)}
    outgoing = []
    for post in posts:
        invitation = known.get(post.id)
        if invitation is None:
            outgoing.append(Outgoing(meeting, post, _new(work, meeting, post)))
        elif invitation.cancelled_at is not None or invitation.answer == DECLINED:
            _revive(invitation)
            outgoing.append(Outgoing(meeting, post, invitation, AGAIN))
        else:
            continue
        work.record(Mode.DISCLOSE, recipient_id=post.agency_id, basis="invitation")
    await send(work, *outgoing)
    await tell(work, [each.post for each in outgoing], "invited", invitation_place(meeting))
    return len(outgoing)


def invitation_place(meeting: Meeting) -> str:
    """Return the page of one's own invitation to a meeting."""
    return f"/meetings/{meeting.reference}/invitation"


async def seated_posts(work: Work, meeting: Meeting) -> Sequence[Post]:
    """Return the posts with a living seat at any case of the meeting, or that are asked to one of their team's own."""
    asked = select(TeamAttendee.post_id).where(TeamAttendee.meeting_id == meeting.id, TeamAttendee.ended_at.is_(None))
    seated = (
        select(Seat.post_id)
        .join(AgendaItem, AgendaItem.id == Seat.agenda_item_id)
        .where(AgendaItem.meeting_id == meeting.id, AgendaItem.ended_at.is_(None), Seat.ended_at.is_(None))
    )
    wanted = asked if meeting.team_only else seated
    return (await work.session.scalars(select(Post).where(Post.id.in_(wanted)).order_by(Post.id))).all()


async def _invitations(work: Work, meeting: Meeting) -> Sequence[Invitation]:
    return (await work.session.scalars(select(Invitation).where(Invitation.meeting_id == meeting.id))).all()


def _new(work: Work, meeting: Meeting, post: Post) -> Invitation:
    domain = work.tools.settings.mail_domain
    invitation = Invitation(
        id=uuid7(),
        meeting_id=meeting.id,
        post_id=post.id,
        uid=f"{secret()}@{domain}",
        organiser=f"kokous-{secret()[:20].lower().replace('_', '-').strip('-')}@{domain}",
        sequence=0,
        answer="needs_action",
    )
    work.session.add(invitation)
    return invitation


def _revive(invitation: Invitation) -> None:
    invitation.cancelled_at, invitation.answer, invitation.instead_id = None, "needs_action", None
    invitation.reminded_at = None
    invitation.sequence += 1


async def after_seats_ended(work: Work, ended: Collection[tuple[UUID, UUID]]) -> None:
    """Tell people's calendars what is left of (post, meeting): an update with a new address while a seat remains.

    Else a cancellation. Whether one remains is asked of the database: whoever withdraws may not see the person's seats
    in other cases; nor a meeting that they were never invited to.
    """
    query = (
        select(Invitation, Meeting, Post)
        .join(Meeting, Meeting.id == Invitation.meeting_id)
        .join(Post, Post.id == Invitation.post_id)
        .where(tuple_(Invitation.post_id, Invitation.meeting_id).in_(ended))
        .where(Meeting.state == "open", Meeting.ends_at > now())
        .where(Invitation.cancelled_at.is_(None), Invitation.answer != DECLINED)  # who declined has no entry, and may
        .order_by(Invitation.id)  # still say who comes instead
    )
    rows = [(meeting, post, invitation) for invitation, meeting, post in await work.session.execute(query)]
    left = await _may_receive(work, [invitation for _, _, invitation in rows])
    for _, _, invitation in rows:
        invitation.sequence += 1
        if invitation.id not in left:
            invitation.cancelled_at = now()
    spans = await needed(work, [meeting for meeting, _, invitation in rows if invitation.id in left])
    await send(work, *[_what_is_left(*row, spans) if row[2].id in left else Outgoing(*row, None) for row in rows])
    await tell(work, [post for _, post, _ in rows], "seat_ended", "/invitations")


def _what_is_left(
    meeting: Meeting, post: Post, invitation: Invitation, spans: Mapping[tuple[UUID, UUID], Span]
) -> Outgoing:
    """An update with a new address or a shorter time, which an answer covers already; with another time a question."""
    was = told(meeting, invitation)
    span = spans.get((meeting.id, post.id), was)
    if was[0] <= span[0] and span[1] <= was[1]:
        return Outgoing(meeting, post, invitation, NEW_ADDRESS if span == was else SHORTER)
    invitation.answer, invitation.answered_at = "needs_action", None
    return Outgoing(meeting, post, invitation, MOVED, span_text(Language(post.language), *was))


async def _may_receive(work: Work, invitations: Sequence[Invitation]) -> set[UUID]:
    """Return those of whose people a seat is left."""
    ids = [invitation.id for invitation in invitations]
    query = select(Invitation.id).where(Invitation.id.in_(ids), func.may_receive(Invitation.id))
    return set(await work.session.scalars(query)) if ids else set()


async def tell_new_time(work: Work, meeting: Meeting, was: tuple[datetime, datetime]) -> None:
    """Send everybody invited who still has a seat the new time, and ask them again (RFC 5546 section 3.2.2.1).

    `was` is from when until when the meeting was to be held.
    """
    invited = await _invited(work, meeting)
    seated = await _may_receive(work, [invitation for invitation, _ in invited])
    await _ask_again(work, meeting, [each for each in invited if each[0].id in seated], was)


async def tell_new_spans(work: Work, meeting: Meeting) -> None:
    """Ask those again who are needed at another time, because cases changed places, or who sit at more of them now.

    Of an update within a minute of another only the last leaves. In a meeting that is not open yet nobody is told.
    """
    await work.session.flush()
    if meeting.state != "open" or meeting.starts_at <= now():
        return
    spans = await needed(work, [meeting])
    moved = [
        (invitation, post)
        for invitation, post in await _invited(work, meeting)
        if invitation.answer != DECLINED
        and (span := spans.get((meeting.id, post.id))) is not None
        and span != told(meeting, invitation)
    ]
    await _ask_again(work, meeting, moved, (meeting.starts_at, meeting.ends_at))


async def _ask_again(
    work: Work, meeting: Meeting, invited: Sequence[tuple[Invitation, Post]], was: tuple[datetime, datetime]
) -> None:
    again = [post for invitation, post in invited if invitation.answer != "needs_action"]
    outgoing = []
    for invitation, post in invited:
        invitation.answer, invitation.answered_at, invitation.reminded_at = "needs_action", None, None
        invitation.sequence += 1
        before = invitation.needed_from or was[0], invitation.needed_until or was[1]
        outgoing.append(Outgoing(meeting, post, invitation, MOVED, span_text(Language(post.language), *before)))
    await send(work, *outgoing)
    await tell(work, again, "invited", invitation_place(meeting))


async def withdraw_all(work: Work, meeting: Meeting) -> None:
    """Take the meeting out of every calendar: it is cancelled, or was not held."""
    invited = await _invited(work, meeting)
    for invitation, _ in invited:
        invitation.sequence += 1
        invitation.cancelled_at = now()
    await send(work, *[Outgoing(meeting, post, invitation, None) for invitation, post in invited])


async def _invited(work: Work, meeting: Meeting) -> Sequence[tuple[Invitation, Post]]:
    query = (
        select(Invitation, Post)
        .join(Post, Post.id == Invitation.post_id)
        .where(Invitation.meeting_id == meeting.id, Invitation.cancelled_at.is_(None))
        .order_by(Invitation.id)
    )
    return [(invitation, post) for invitation, post in await work.session.execute(query)]


async def by_address(work: Work, address: str) -> Invitation:
    """Return the actor's own living invitation behind a private address, the newest or an earlier one.

    Raises `NotVisible`.
    """
    query = (
        select(Invitation)
        .join(JoinAddress, JoinAddress.invitation_id == Invitation.id)
        .where(JoinAddress.secret_hash == secret_hash(address))
    )
    return _living(work, await work.session.scalar(query))


async def by_meeting(work: Work, wanted: str) -> Invitation:
    """Return the actor's own living invitation to a meeting, by the meeting's reference. Raises `NotVisible`."""
    query = (
        select(Invitation)
        .join(Meeting, Meeting.id == Invitation.meeting_id)
        .where(Meeting.reference == as_reference(wanted), Invitation.post_id == work.actor.post_id)
    )
    return _living(work, await work.session.scalar(query))


def _living(work: Work, invitation: Invitation | None) -> Invitation:
    if invitation is None or invitation.cancelled_at is not None or invitation.post_id != work.actor.post_id:
        raise NotVisible
    return invitation


async def mine(work: Work) -> Sequence[tuple[Invitation, Meeting]]:
    """Return the actor's living invitations to meetings that are not over, with these, the next first."""
    work.record(Mode.READ)
    query = (
        select(Invitation, Meeting)
        .join(Meeting, Meeting.id == Invitation.meeting_id)
        .where(Invitation.post_id == work.actor.post_id, Invitation.cancelled_at.is_(None))
        .where(Meeting.ends_at > now())
        .order_by(Meeting.starts_at)
    )
    return [(invitation, meeting) for invitation, meeting in await work.session.execute(query)]


async def meeting_of(work: Work, invitation: Invitation) -> Meeting:
    """Return the meeting of an invitation in sight."""
    return await work.session.get_one(Meeting, invitation.meeting_id)


async def seats_of(work: Work, meeting_id: UUID) -> Sequence[tuple[Seat, AgendaItem]]:
    """Return the actor's own living seats in a meeting, in the order of the agenda."""
    query = (
        select(Seat, AgendaItem)
        .join(AgendaItem, AgendaItem.id == Seat.agenda_item_id)
        .where(AgendaItem.meeting_id == meeting_id, Seat.post_id == work.actor.post_id)
        .where(Seat.ended_at.is_(None), AgendaItem.ended_at.is_(None))
        .order_by(AgendaItem.position)
    )
    return [(seat, item) for seat, item in await work.session.execute(query)]
