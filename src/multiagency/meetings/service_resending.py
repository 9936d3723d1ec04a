"""An invitation that was refused is sent again, to the address that whoever coordinates gives."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from multiagency.kernel.errors import Conflict, NotVisible
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.mail.outbox import REFUSED
from multiagency.meetings.forms import ResendingForm
from multiagency.meetings.models import Invitation, InvitationMail, Meeting
from multiagency.meetings.service_invitations import DECLINED
from multiagency.meetings.service_mailing import Outgoing, newest, send
from multiagency.meetings.service_states import must_not_be_over
from multiagency.people.models import Person, Post
from multiagency.people.service_notices import settle


@dataclass(frozen=True, slots=True)
class RefusedInvitation:
    """A living invitation whose last message was refused: whose it is, and that message."""

    invitation: Invitation
    post: Post
    name: str
    mail: InvitationMail


async def find_refused(work: Work, meeting: Meeting, post_id: UUID) -> RefusedInvitation:
    """Return the invitation of a post that can be sent again.

    Raises `NotVisible` where the post has none that lives, `Conflict` when the meeting is over, when the person has
    declined, or when nothing was refused.
    """
    query = (
        select(Invitation, Post, Person.name)
        .join(Post, Post.id == Invitation.post_id)
        .join(Person, Person.id == Post.person_id)
        .where(Invitation.meeting_id == meeting.id, Invitation.post_id == post_id, Invitation.cancelled_at.is_(None))
    )
    row = (await work.session.execute(query)).one_or_none()
    if row is None:
        raise NotVisible
    must_not_be_over(meeting)
    if row.Invitation.answer == DECLINED:
        raise Conflict("resending.declined")
    mail = await newest(work, row.Invitation)
    if mail is None or mail.state != REFUSED:
        raise Conflict("resending.not_refused")
    return RefusedInvitation(row.Invitation, row.Post, row.name, mail)


async def send_again(work: Work, meeting: Meeting, post_id: UUID, form: ResendingForm) -> None:
    """Send the invitation to this address, with a new private address. Raises what `find_refused` raises.

    The address is this invitation's alone: whose post it is, keeps the post's own.
    """
    found = await find_refused(work, meeting, post_id)
    found.invitation.email = form.email if form.email != found.post.email else None
    found.invitation.sequence += 1
    await send(work, Outgoing(meeting, found.post, found.invitation))
    await settle(work, f"/meetings/{meeting.reference}", "invitation_refused")
    work.record(Mode.DISCLOSE, recipient_id=found.post.agency_id, recipient_name=form.email, basis="invitation")
