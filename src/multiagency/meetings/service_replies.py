"""What came back by mail about an invitation: an answer is a remark to whoever coordinates, and changes nothing else.

Neither seat nor sight nor the answer follow from a mail: it is confirmed after signing in. Reports of servers are kept
with the message that they are about, as a refusal at its delivery is.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from multiagency.kernel.clock import now
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.mail.outbox import REFUSED, SENT
from multiagency.mail.received import DeliveryReport, Received, RefusedMail
from multiagency.mail.replies import Reply, reply_in
from multiagency.mail.service_mailbox import so_many_about
from multiagency.meetings.forms import InvitationAnswerForm, RemarkForm
from multiagency.meetings.models import Invitation, InvitationMail, InvitationRemark, Meeting
from multiagency.meetings.service_answers import answer
from multiagency.meetings.service_mailing import RETURN_PATHS, tell_of_refusal
from multiagency.meetings.service_states import begins_soon
from multiagency.people import reading as people
from multiagency.people.models import Post
from multiagency.people.service_notices import tell

DELAYED = "delayed"
UNCONFIRMED, CONFIRMED, DISOWNED = "unconfirmed", "confirmed", "disowned"
_MOST_PATHS = 10
_MOST_AN_HOUR = 10
"""Messages about one invitation: somebody who changes their mind sends two or three."""


async def hear(work: Work, received: Received) -> UUID:
    """Take what a message says; return which invitation it is about. Raises `RefusedMail`, having changed nothing."""
    if received.report is not None:
        return await _hear_report(work, received, received.report)
    return await hear_reply(work, reply_in(received))


async def hear_reply(work: Work, reply: Reply) -> UUID:
    """Note an answer as a remark, in the place of an older one. Raises `RefusedMail`, having changed nothing.

    UID and ATTENDEE say whose it is (RFC 5546 section 3.2.3): the UID is random and stands in that person's mail only.
    An answer to what was changed since, or from before another answer, is too old.
    """
    invitation, meeting, post = await _about(work, reply.uid)
    if reply.organiser not in {"", invitation.organiser.casefold()}:
        raise RefusedMail("another_organiser")
    if reply.attendee != (invitation.email or post.email).casefold():
        raise RefusedMail("another_attendee")
    if invitation.cancelled_at is not None or meeting.ends_at <= now():
        raise RefusedMail("over")
    if reply.sequence > invitation.sequence:
        raise RefusedMail("never_sent")
    if await so_many_about(work, invitation.id) >= _MOST_AN_HOUR:
        raise RefusedMail("too_many")
    known = await work.session.scalar(select(InvitationRemark).where(InvitationRemark.invitation_id == invitation.id))
    before = (known.sequence, known.stamped_at) if known else (0, datetime.min.replace(tzinfo=now().tzinfo))
    if reply.sequence < invitation.sequence or (known and (reply.sequence, reply.stamped_at) <= before):
        raise RefusedMail("old")
    _note(work, invitation, known, reply)
    await _tell_coordinators(work, meeting)
    return invitation.id


async def _about(work: Work, uid: str) -> tuple[Invitation, Meeting, Post]:
    query = (
        select(Invitation, Meeting, Post)
        .join(Meeting, Meeting.id == Invitation.meeting_id)
        .join(Post, Post.id == Invitation.post_id)
        .where(Invitation.uid == uid)
        .with_for_update(of=Invitation)
    )
    row = (await work.session.execute(query)).one_or_none()
    if row is None:
        raise RefusedMail("unknown_uid")
    return row.Invitation, row.Meeting, row.Post


def _note(work: Work, invitation: Invitation, known: InvitationRemark | None, reply: Reply) -> None:
    remark = known or InvitationRemark(id=uuid7(), invitation_id=invitation.id)
    remark.kind, remark.sequence, remark.stamped_at = reply.kind, reply.sequence, reply.stamped_at
    remark.starts_at, remark.ends_at = reply.proposed or (None, None)
    remark.arrived_at, remark.state = now(), UNCONFIRMED
    work.session.add(remark)


async def _tell_coordinators(work: Work, meeting: Meeting) -> None:
    coordinators, soon = await people.coordinators_of(work, meeting.team_id), await begins_soon(work, meeting)
    await tell(work, coordinators, "replied_by_mail", f"/meetings/{meeting.reference}", at_once=soon)


async def _hear_report(work: Work, received: Received, report: DeliveryReport) -> UUID:
    """Keep what a server reports of a message of ours; of its words only the code, the rest may quote us.

    It may have arrived all the same, so a cancellation still leaves for it.
    """
    if not report.action:
        raise RefusedMail("no_failure")
    named = f"{report.envelope.casefold()}@{work.tools.settings.mail_domain}"
    paths = sorted(path for path in {*received.addressed, named} if path.startswith(RETURN_PATHS))[:_MOST_PATHS]
    mail = await work.session.scalar(select(InvitationMail).where(InvitationMail.return_path.in_(paths)))
    if mail is None:
        raise RefusedMail("unknown_report")
    if await so_many_about(work, mail.invitation_id) >= _MOST_AN_HOUR:
        raise RefusedMail("too_many")
    state = REFUSED if report.action == "failed" else DELAYED
    changed = await work.session.execute(
        update(InvitationMail)
        .where(InvitationMail.id == mail.id, InvitationMail.state.in_((SENT, DELAYED)), InvitationMail.state != state)
        .values(state=state, words=report.status or None)
        .returning(InvitationMail.invitation_id)
    )
    if changed.one_or_none() is None:
        raise RefusedMail("old")
    if state == REFUSED:
        meeting = select(Meeting).join(Invitation, Invitation.meeting_id == Meeting.id)
        about = await work.session.scalar(meeting.where(Invitation.id == mail.invitation_id))
        if about is not None and about.ends_at > now():
            await tell_of_refusal(work, about)
    return mail.invitation_id


def shown(invitation: Invitation, remark: InvitationRemark | None) -> InvitationRemark | None:
    """Return the remark where it still says something: to the invitation as it is, and not answered since."""
    if remark is None or remark.sequence < invitation.sequence or invitation.cancelled_at is not None:
        return None
    if remark.state != DISOWNED and invitation.answered_at and invitation.answered_at >= remark.arrived_at:
        return None
    return remark


async def mine(work: Work, invitation: Invitation) -> InvitationRemark | None:
    """Return what was answered by mail in one's own name and not yet confirmed or disowned; None where nothing was."""
    found = shown(
        invitation,
        await work.session.scalar(select(InvitationRemark).where(InvitationRemark.invitation_id == invitation.id)),
    )
    return found if found and found.state == UNCONFIRMED else None


async def settle_remark(work: Work, invitation: Invitation, form: RemarkForm) -> None:
    """Say whether the answer by mail was one's own: then a yes or no is one's answer from now on.

    Raises `NotVisible` where nothing waits, or something else than was shown; what `answer` raises.
    """
    remark = await mine(work, invitation)
    if remark is None or remark.id != form.remark or int(remark.stamped_at.timestamp()) != form.stamped:
        raise NotVisible
    remark.state = CONFIRMED if form.mine == "yes" else DISOWNED
    await work.session.flush()
    work.record(Mode.WRITE)
    if remark.state == CONFIRMED and remark.kind in ("accepted", "declined"):
        await answer(work, invitation, InvitationAnswerForm.model_validate({"answer": remark.kind}))
    elif remark.state == DISOWNED:
        await _tell_coordinators(work, await work.session.get_one(Meeting, invitation.meeting_id))
