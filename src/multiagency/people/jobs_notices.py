"""The worker: mails people that something waits, once an hour or once a day, and forgets what was read long ago.

What is told is written down in its own transaction (`service_notices.py`); here one mail follows for all that waits
for a person, in whichever post, written in one transaction with the mark that it was (decision 0041).
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import from_helsinki, now, to_helsinki
from multiagency.kernel.due import each
from multiagency.kernel.ids import uuid7
from multiagency.kernel.inputs import is_mail_address
from multiagency.kernel.journal import Mode
from multiagency.kernel.languages import Language
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.mail.message import Envelope, build
from multiagency.mail.outbox import NOTICE, Leaving, enqueue
from multiagency.people.models import Notice, Post
from multiagency.settings import Settings
from multiagency.web.texts import TEXTS

NOTIFYING = "mail_notices"


async def mail_notices(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """Mail everybody to whom a mail is due, or the person `only`; return how many mails were written."""
    return await each(runtime, presented, Act.DELIVER_MAIL, NOTIFYING, _due, _mail, only)


async def _due(work: Work) -> dict[UUID, UUID]:
    found = await work.session.scalars(select(func.people_to_mail(*_since(work.tools.settings))))
    return {person_id: person_id for person_id in found}


def _since(settings: Settings) -> tuple[datetime, datetime]:
    """Return since when nothing may have left, and the last moment at which daily mails were due."""
    moment = now()
    hour = to_helsinki(moment).replace(hour=settings.digest_hour, minute=0, second=0, microsecond=0, tzinfo=None)
    begun = from_helsinki(hour)
    if begun > moment:
        begun = from_helsinki(hour - timedelta(days=1))
    return moment - timedelta(minutes=settings.notice_minutes), begun


async def _mail(work: Work, person_id: UUID) -> bool:
    """Write one mail to the first of the person's posts whose address can be written to, else none: the page tells."""
    mail_id = uuid7()
    taken = select(func.take_waiting(person_id, mail_id, *_since(work.tools.settings)))
    waiting = list(await work.session.scalars(taken))
    known = {post.id: post for post in await work.session.scalars(select(Post).where(Post.id.in_(waiting)))}
    post = next((known[post_id] for post_id in waiting if is_mail_address(known[post_id].email)), None)
    if post is None:
        return False
    await enqueue(work, _message(work.tools.settings, post, mail_id))
    work.record(Mode.WRITE, recipient_id=post.agency_id)
    return True


def _message(settings: Settings, post: Post, mail_id: UUID) -> Leaving:
    """Write the one mail that there is: that something waits, and the address of the first page."""
    language, domain = Language(post.language), settings.mail_domain
    envelope = Envelope(
        sender=f"ei-vastausta@{domain}",
        sender_name=settings.mail_name,
        recipient=post.email,
        message_id=f"<{mail_id}@{domain}>",
    )
    text = TEXTS.say(language, "mail.notice.text", url=f"{settings.base_url}/")
    genuine = TEXTS.say(language, "mail.genuine", service=settings.mail_name, questions=settings.mail_questions)
    message = build(envelope, TEXTS.say(language, "mail.notice.subject"), f"{text}\n{genuine}")
    return Leaving(mail_id, 0, NOTICE, envelope.message_id, message)


async def forget_notices(runtime: Runtime, presented: Presented) -> None:
    """Count as read what is out of sight, and delete the notices that were read `notice_days` ago."""
    async with runtime.unit_of_work(presented, Act.FORGET_MAIL) as work:
        await work.session.execute(select(func.settle_out_of_sight()))
        over = delete(Notice).where(Notice.read_at < now() - timedelta(days=runtime.settings.notice_days))
        await work.session.execute(over, execution_options={"synchronize_session": False})
        work.record(Mode.WRITE)
