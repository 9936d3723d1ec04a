"""What an invitation says by mail: both forms in the recipient's language, and where its delivery stands.

The words are neutral: that the service invites, from when until when, where to sign in, whom to ask whether it is
genuine; no agency, team, model, case or person.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, select, update

from multiagency.kernel.clock import now
from multiagency.kernel.database import rows_into
from multiagency.kernel.ids import secret, secret_hash, uuid7
from multiagency.kernel.inputs import is_mail_address
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.mail.events import MailSettled, Settled
from multiagency.mail.message import Envelope, build
from multiagency.mail.outbox import CANCEL, REFUSED, REQUEST, WAITING, Leaving, enqueue
from multiagency.meetings import calendar
from multiagency.meetings.models import Invitation, InvitationMail, JoinAddress, Meeting
from multiagency.meetings.service_spans import Span, needed, told
from multiagency.meetings.service_states import begins_soon
from multiagency.people import reading as people
from multiagency.people.models import Post
from multiagency.people.service_notices import tell
from multiagency.settings import Settings
from multiagency.web.texts import TEXTS, span_text

NEW_ADDRESS, SHORTER, MOVED, AGAIN, RESENT = "address", "shorter", "moved", "again", "resent"
"""What an update says has changed: the address to join by, that less time is needed, the time, that the invitation was
withdrawn, or, where the last message was refused, the address and what the lost one may have said."""


RETURN_PATHS = "palautus-"
"""How the addresses begin that reports about messages come back to."""
HOMELAND = frozenset({"047", "148", "758", "890"})
"""Municipalities of the Sámi homeland (1086/2003 section 2): Enontekiö, Inari, Sodankylä, Utsjoki."""
_SAMI = (Language.SE, Language.SMN, Language.SMS)


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says, in one language: its subject, its text, and the description of the calendar entry."""

    subject: str
    text: str
    description: str


def said(
    settings: Settings,
    when: Span,
    language: Language,
    words: str,
    url: str,
    before: str = "",
    sami: Sequence[Language] = (),
) -> Said:
    """Return what a message of this kind says; everything that leaves is made here, and so is what is shown before.

    `sami` are the languages beside Finnish in which what is verified is said too (1086/2003 section 15).
    """
    values = {
        "service": settings.mail_name,
        "questions": settings.mail_questions,
        "when": span_text(language, *when),
        "url": url,
        "before": before,
    }
    subject, text, description = (
        TEXTS.say(language, f"mail.{words}.{part}", **values) for part in ("subject", "text", "description")
    )
    if headings := [TEXTS.sentences[each]["mail.heading"] for each in sami if "mail.heading" in TEXTS.sentences[each]]:
        text = " – ".join([TEXTS.say(Language.FI, "mail.heading"), *headings]) + f": {values['when']}\n\n{text}"
    return Said(subject, text + "\n" + TEXTS.say(language, "mail.genuine", **values), description)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to one person about one meeting: of an update `change` says what changed, None takes the meeting back.

    `before` is when the meeting was to be, where that has changed.
    """

    meeting: Meeting
    post: Post
    invitation: Invitation
    change: str | None = NEW_ADDRESS
    before: str = ""


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """What was written to a person already: the first Message-ID that may reach them, and how the newest stands."""

    first: str | None = None
    newest: str | None = None


async def send(work: Work, *outgoing: Outgoing) -> None:
    """Send messages, all of them in as few statements as one.

    An invitation gets a new private address; one that may replace an earlier one says so and what changed. A meeting is
    taken out of a calendar if an invitation may have reached it.
    """
    spans = await needed(work, {each.meeting.id: each.meeting for each in outgoing if each.change is not None}.values())
    for each in outgoing:
        if (span := spans.get((each.meeting.id, each.post.id))) and each.change is not None:
            whole = span == (each.meeting.starts_at, each.meeting.ends_at)
            each.invitation.needed_from, each.invitation.needed_until = (None, None) if whole else span
    await work.session.flush()
    written = await _written(work, [each.invitation.id for each in outgoing])
    addresses = {each.invitation.id: secret() for each in outgoing if each.change is not None}
    if addresses:
        rows = [{"invitation_id": of, "secret_hash": secret_hash(address)} for of, address in addresses.items()]
        await work.session.execute(rows_into(JoinAddress), rows)
    here = {agency.id for agency in await people.agencies(work) if agency.municipality_code in HOMELAND}
    mails = [
        _mail(work, each, written.get(each.invitation.id), addresses, _beside_finnish(each.post, here))
        for each in outgoing
    ]
    if mails:
        await work.session.execute(rows_into(InvitationMail), [noted for noted, _ in mails])
    await enqueue(work, *[leaving for _, leaving in mails if leaving])
    refused = {each.meeting.id: each.meeting for each, mail in zip(outgoing, mails, strict=True) if mail[1] is None}
    for meeting in refused.values():
        await tell_of_refusal(work, meeting)


async def newest(work: Work, invitation: Invitation) -> InvitationMail | None:
    """Return the last message that was written to the person; None where there was none yet."""
    query = select(InvitationMail).where(InvitationMail.invitation_id == invitation.id)
    return await work.session.scalar(query.order_by(InvitationMail.sequence.desc()).limit(1))


async def _written(work: Work, invitation_ids: Sequence[UUID]) -> dict[UUID, WrittenMail]:
    mail = InvitationMail
    columns = (mail.invitation_id, mail.message_id, mail.state, mail.may_have_left)
    query = select(*columns).where(mail.invitation_id.in_(invitation_ids)).order_by(mail.sequence)
    found: dict[UUID, WrittenMail] = {}
    for invitation_id, message_id, state, may_have_left in await work.session.execute(query):
        first = found.get(invitation_id, WrittenMail()).first
        reaches = message_id if state == WAITING or may_have_left else None
        found[invitation_id] = WrittenMail(first or reaches, state)
    return found


def _beside_finnish(post: Post, homeland: Collection[UUID]) -> Sequence[Language]:
    """Return one's own Sámi language or, in the homeland for who has chosen none, all of them."""
    own = Language(post.language)
    if own in _SAMI:
        return [own]
    return _SAMI if own is Language.FI and post.agency_id in homeland else []


def _mail(
    work: Work,
    each: Outgoing,
    written: WrittenMail | None,
    addresses: dict[UUID, str],
    sami: Sequence[Language],
) -> tuple[dict[str, Any], Leaving | None]:
    """Return what is written down of a message, and the message; None for an address that nothing can be sent to."""
    settings, invitation, before = work.tools.settings, each.invitation, written or WrittenMail()
    address = addresses.get(invitation.id)
    url = f"{settings.base_url}/j/{address}" if address else ""
    words = _words(each, before)
    say = said(settings, told(each.meeting, invitation), Language(each.post.language), words, url, each.before, sami)
    entry = _entry(work, each, say, url)
    back = f"{RETURN_PATHS}{secret()[:24].lower().replace('_', '-').strip('-')}@{settings.mail_domain}"
    envelope = Envelope(
        sender=invitation.organiser,
        sender_name=settings.mail_name,
        recipient=entry.attendee,
        message_id=_message_id(invitation),
        follows=before.first,
    )
    purpose = CANCEL if words == CANCEL else REQUEST
    make = calendar.cancel if purpose == CANCEL else calendar.request
    noted = _noted(invitation, envelope, purpose, back)
    if noted["state"] == REFUSED:
        return noted, None
    message = build(envelope, say.subject, say.text, purpose.upper(), make(entry))
    settles = settings.mail_settle_seconds if words not in {REQUEST, CANCEL} else 0
    return noted, Leaving(invitation.id, invitation.sequence, purpose, envelope.message_id, message, back, settles)


def _words(each: Outgoing, written: WrittenMail) -> str:
    """Say which kind of message it is: the words of the catalogue."""
    if each.change is None:
        return CANCEL
    if written.first is None:
        return REQUEST
    return RESENT if each.change == NEW_ADDRESS and written.newest == REFUSED else each.change


def _entry(work: Work, each: Outgoing, say: Said, url: str) -> calendar.Entry:
    invitation, settings = each.invitation, work.tools.settings
    begins, ends = told(each.meeting, invitation)
    return calendar.Entry(
        uid=invitation.uid,
        sequence=invitation.sequence,
        starts_at=begins,
        ends_at=ends,
        organiser=invitation.organiser,
        organiser_name=settings.mail_name,
        attendee=invitation.email or each.post.email,
        answer=invitation.answer,
        summary=TEXTS.say(Language(each.post.language), "mail.summary"),
        description=say.description,
        join_url=url,
    )


def _noted(invitation: Invitation, envelope: Envelope, purpose: str, back: str) -> dict[str, Any]:
    """Return the row that says that a message is to leave, or that it cannot."""
    return {
        "id": uuid7(),
        "invitation_id": invitation.id,
        "sequence": invitation.sequence,
        "purpose": purpose,
        "message_id": envelope.message_id,
        "return_path": back,
        "email": envelope.recipient,
        "state": WAITING if is_mail_address(envelope.recipient) else REFUSED,
        "may_have_left": False,
    }


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
            await tell_of_refusal(work, meeting)


async def tell_of_refusal(work: Work, meeting: Meeting) -> None:
    """Tell whoever coordinates that an invitation to the meeting did not arrive."""
    coordinators = await people.coordinators_of(work, meeting.team_id)
    soon = await begins_soon(work, meeting)
    await tell(work, coordinators, "invitation_refused", f"/meetings/{meeting.reference}", at_once=soon)
