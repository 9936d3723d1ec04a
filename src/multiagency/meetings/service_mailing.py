"""What an invitation says by mail: both forms in the recipient's language, and where its delivery stands.

The words are neutral: that the service invites, from when until when, where to sign in, whom to ask whether it is
genuine; no agency, team, model, case or person.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, Uuid, bindparam, insert, select, update

from multiagency.kernel.clock import now
from multiagency.kernel.ids import secret, secret_hash, uuid7
from multiagency.kernel.inputs import is_mail_address
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.mail.events import MailSettled, Settled
from multiagency.mail.message import Envelope, build
from multiagency.mail.outbox import CANCEL, REFUSED, REQUEST, WAITING, enqueue
from multiagency.meetings import calendar
from multiagency.meetings.models import Invitation, InvitationMail, JoinAddress, Meeting
from multiagency.people import reading as people
from multiagency.people.models import Post
from multiagency.people.service_notices import tell
from multiagency.settings import Settings
from multiagency.web.texts import TEXTS, span_text

NEW_ADDRESS, MOVED, AGAIN, RESENT = "address", "moved", "again", "resent"
"""What an update says has changed: the address to join by, the time, that the invitation was withdrawn, or, where the
last message was refused, the address and what the lost one may have said."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says, in one language: its subject, its text, and the description of the calendar entry."""

    subject: str
    text: str
    description: str


def said(settings: Settings, meeting: Meeting, language: Language, words: str, url: str, before: str = "") -> Said:
    """Return what a message of this kind says; everything that leaves is made here, and so is what is shown before."""
    values = {
        "service": settings.mail_name,
        "questions": settings.mail_questions,
        "when": span_text(language, meeting.starts_at, meeting.ends_at),
        "url": url,
        "before": before,
    }
    subject, text, description = (
        TEXTS.say(language, f"mail.{words}.{part}", **values) for part in ("subject", "text", "description")
    )
    return Said(subject, text + "\n" + TEXTS.say(language, "mail.genuine", **values), description)


async def send_request(
    work: Work, meeting: Meeting, post: Post, invitation: Invitation, change: str = NEW_ADDRESS, before: str = ""
) -> None:
    """Send an invitation with a new private address; one that may replace an earlier one says so and what changed.

    `before` is when the meeting was to be, where that has changed.
    """
    address = secret()
    work.session.add(JoinAddress(invitation_id=invitation.id, secret_hash=secret_hash(address)))
    await work.session.flush()
    url = f"{work.tools.settings.base_url}/j/{address}"
    earlier, last = await _earlier(work, invitation), await newest(work, invitation)
    if change == NEW_ADDRESS and last is not None and last.state == REFUSED:
        change = RESENT
    await _mail(work, meeting, post, invitation, change if earlier else REQUEST, earlier, url, before)


async def send_cancel(work: Work, meeting: Meeting, post: Post, invitation: Invitation) -> None:
    """Take the meeting out of the person's calendar, if an invitation may have reached it."""
    await work.session.flush()
    await _mail(work, meeting, post, invitation, CANCEL, await _earlier(work, invitation))


async def newest(work: Work, invitation: Invitation) -> InvitationMail | None:
    """Return the last message that was written to the person; None where there was none yet."""
    query = select(InvitationMail).where(InvitationMail.invitation_id == invitation.id)
    return await work.session.scalar(query.order_by(InvitationMail.sequence.desc()).limit(1))


async def _earlier(work: Work, invitation: Invitation) -> str | None:
    """Return the Message-ID of the first message that has reached the person or may still; None if there is none."""
    mail = InvitationMail
    reaching = (mail.state == WAITING) | mail.may_have_left
    first = select(mail.message_id).where(mail.invitation_id == invitation.id, reaching).order_by(mail.sequence)
    return await work.session.scalar(first.limit(1))


async def _mail(
    work: Work,
    meeting: Meeting,
    post: Post,
    invitation: Invitation,
    words: str,
    follows: str | None,
    url: str = "",
    before: str = "",
) -> None:
    settings, language = work.tools.settings, Language(post.language)
    say = said(settings, meeting, language, words, url, before)
    recipient = invitation.email or post.email
    entry = calendar.Entry(
        uid=invitation.uid,
        sequence=invitation.sequence,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        organiser=invitation.organiser,
        organiser_name=settings.mail_name,
        attendee=recipient,
        answer=invitation.answer,
        summary=TEXTS.say(language, "mail.summary"),
        description=say.description,
        join_url=url,
    )
    envelope = Envelope(
        sender=invitation.organiser,
        sender_name=settings.mail_name,
        recipient=recipient,
        message_id=_message_id(invitation),
        follows=follows,
    )
    purpose = CANCEL if words == CANCEL else REQUEST
    make = calendar.cancel if purpose == CANCEL else calendar.request
    if not await _note(work, meeting, invitation, envelope, purpose):
        return
    message = build(envelope, say.subject, say.text, purpose.upper(), make(entry))
    await enqueue(work, invitation.id, invitation.sequence, purpose, envelope.message_id, message)


async def _note(work: Work, meeting: Meeting, invitation: Invitation, envelope: Envelope, purpose: str) -> bool:
    """Write down that a message is to leave, or that it cannot: then whoever coordinates is told at once."""
    sendable = is_mail_address(envelope.recipient)
    row = {
        "id": uuid7(),
        "invitation_id": invitation.id,
        "sequence": invitation.sequence,
        "purpose": purpose,
        "message_id": envelope.message_id,
        "return_path": envelope.sender,
        "email": envelope.recipient,
        "state": WAITING if sendable else REFUSED,
        "may_have_left": False,
    }
    await work.session.execute(insert(InvitationMail).values(row))
    if not sendable:
        await _tell_of_refusal(work, meeting)
    return sendable


def _message_id(invitation: Invitation) -> str:
    local, _, domain = invitation.uid.partition("@")
    return f"<{local}.{invitation.sequence}@{domain}>"


async def settle(happened: MailSettled) -> None:
    """Keep with the invitations what became of their messages; what was refused is told to whoever coordinates."""
    work, messages = happened.work, [each for each in happened.messages if each.purpose in (REQUEST, CANCEL)]
    if not messages:
        return
    mail = InvitationMail
    this = (mail.invitation_id == bindparam("of", type_=Uuid)) & (mail.sequence == bindparam("nth", type_=Integer))
    connection = await work.session.connection()
    await connection.execute(
        update(mail).where(this),
        [
            {
                "of": each.stream_id,
                "nth": each.ordinal,
                "state": each.state,
                "may_have_left": each.may_have_left,
                "words": each.words,
            }
            for each in messages
        ],
    )
    await _tell_of_refusals(work, [each for each in messages if each.state == REFUSED])


async def _tell_of_refusals(work: Work, refused: Sequence[Settled]) -> None:
    if not refused:
        return
    theirs = select(Invitation.meeting_id).where(Invitation.id.in_([each.stream_id for each in refused]))
    for meeting in await work.session.scalars(select(Meeting).where(Meeting.id.in_(theirs)).order_by(Meeting.id)):
        if meeting.ends_at > now():
            await _tell_of_refusal(work, meeting)


async def _tell_of_refusal(work: Work, meeting: Meeting) -> None:
    coordinators = await people.coordinators_of(work, meeting.team_id)
    await tell(work, coordinators, "invitation_refused", f"/meetings/{meeting.reference}")
