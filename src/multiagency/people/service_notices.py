"""Notices: a post is told that something waits for it. A mail that says only that follows (`jobs_notices.py`)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from multiagency.kernel.clock import now
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.journal import Mode
from multiagency.kernel.portions import Portion, portion
from multiagency.kernel.work import Work
from multiagency.people.forms import MailForm
from multiagency.people.models import MailChoice, Notice, Post
from multiagency.people.notices import NOTICES, Mail


async def tell(
    work: Work, posts: Sequence[Post], what: str, place: str, case_id: UUID | None = None, *, at_once: bool = False
) -> None:
    """Tell these posts, in this transaction; nobody is told what they do themselves.

    `what` is of `NOTICES` and names a sentence (`notice.<what>`), `place` is a path without personal data. `at_once`
    says that the mail cannot wait. Whoever does not see what it leads to is neither shown it nor mailed.
    """
    kind, moment = NOTICES[what], now()
    work.session.add_all(
        Notice(
            post_id=post.id,
            what=what,
            place=place,
            case_id=case_id,
            shows=kind.shows if case_id else None,
            urgent=at_once or kind.mail is Mail.AT_ONCE,
            sender_id=work.actor.post_id,
            created_at=moment,
            mailed_at=moment if kind.mail is Mail.CALENDAR else None,
        )
        for post in posts
        if post.person_id != work.actor.person_id
    )


async def settle(work: Work, place: str, *what: str, alone: bool = False) -> None:
    """Count as read what is done with this act: what others had of the same task too, or `alone` one's own."""
    await work.session.execute(select(func.settle_notices(bindparam("what", what, ARRAY(Text)), place, alone)))


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


async def mailed_daily(work: Work) -> bool:
    """Tell whether the actor wants one mail a day about what waits; without a word of theirs they do not."""
    chosen = select(MailChoice.daily).where(MailChoice.person_id == work.actor.person_id)
    return await work.session.scalar(chosen) or False


async def choose_mail(work: Work, form: MailForm) -> None:
    """Say how one wants to be mailed, in all of one's posts."""
    row = insert(MailChoice).values(person_id=work.actor.person_id, daily=form.mail == "daily")
    again = row.on_conflict_do_update(index_elements=["person_id"], set_={"daily": row.excluded.daily})
    await work.session.execute(again)
    work.record(Mode.WRITE)
