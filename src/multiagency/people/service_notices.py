"""Notices: a post is told that something waits for it, on its first page and by a mail that says only that."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from multiagency.kernel.clock import now
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.kernel.inputs import is_mail_address
from multiagency.kernel.journal import Mode
from multiagency.kernel.languages import Language
from multiagency.kernel.portions import Portion, portion
from multiagency.kernel.work import Work
from multiagency.mail.message import Envelope, build
from multiagency.mail.outbox import NOTICE, Leaving, enqueue
from multiagency.people.models import Notice, Post
from multiagency.web.texts import TEXTS


async def tell(work: Work, posts: Sequence[Post], what: str, place: str, case_id: UUID | None = None) -> None:
    """Tell these posts, in this transaction; the mail leaves after it and is looked at once more before it does.

    `what` names a sentence (`notice.<what>`), `place` a path that carries no personal data.
    """
    told = [(post, uuid7()) for post in posts]
    work.session.add_all(
        Notice(
            id=notice_id,
            post_id=post.id,
            what=what,
            place=place,
            case_id=case_id,
            sender_id=work.actor.post_id,
            created_at=now(),
        )
        for post, notice_id in told
    )
    await work.session.flush()
    await mail(work, told)


async def mail(work: Work, told: Iterable[tuple[Post, UUID]]) -> None:
    """Mail posts that a notice waits, which already stands in the database and is the actor's own telling.

    A post without an address that can be written to is told on its page alone.
    """
    reached = [(post, notice_id) for post, notice_id in told if is_mail_address(post.email)]
    await enqueue(work, *[_message(work, post, notice_id) for post, notice_id in reached])
    for post, _ in reached:
        work.record(Mode.WRITE, recipient_id=post.agency_id)


def _message(work: Work, post: Post, notice_id: UUID) -> Leaving:
    language, domain = Language(post.language), work.tools.settings.mail_domain
    envelope = Envelope(
        sender=f"ei-vastausta@{domain}",
        sender_name=work.tools.settings.mail_name,
        recipient=post.email,
        message_id=f"<{notice_id}@{domain}>",
    )
    text = TEXTS.say(language, "mail.notice.text", url=f"{work.tools.settings.base_url}/notices")
    message = build(envelope, TEXTS.say(language, "mail.notice.subject"), text)
    return Leaving(notice_id, 0, NOTICE, envelope.message_id, message)


async def mine(work: Work, start: int = 0) -> Portion[Notice]:
    """Return the actor's own notices, unread first, then newest first."""
    work.record(Mode.READ)
    query = select(Notice).where(Notice.post_id == work.actor.post_id)
    found = await portion(work, query.order_by(Notice.read_at.is_not(None), Notice.created_at.desc()), start)
    return found.of([row[0] for row in found.rows])


async def mark_read(work: Work, notice_id: UUID) -> Notice:
    """Mark one's own notice as read. Raises `NotVisible` for anybody else's."""
    notice = await work.session.get(Notice, notice_id)
    if notice is None or notice.post_id != work.actor.post_id:
        raise NotVisible
    notice.read_at = notice.read_at or now()
    work.record(Mode.WRITE)
    return notice
