"""Which messages of the mailbox were dealt with: each once, and not too many in an hour."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from multiagency.kernel.clock import now
from multiagency.kernel.ids import uuid7
from multiagency.kernel.work import Work
from multiagency.mail.imap import Fetched
from multiagency.mail.models import MailboxMessage

MOST_AN_HOUR = 1000
"""Messages that are dealt with in an hour; what comes above that waits in the mailbox."""
_HOUR = timedelta(hours=1)


async def room_left(work: Work) -> int:
    """Return how many more messages may be dealt with in this hour."""
    read = select(func.count()).where(MailboxMessage.read_at > now() - _HOUR).select_from(MailboxMessage)
    return max(0, MOST_AN_HOUR - (await work.session.scalar(read) or 0))


async def so_many_about(work: Work, stream_id: UUID) -> int:
    """Return how many messages about this were dealt with in the last hour."""
    about = select(func.count()).select_from(MailboxMessage).where(MailboxMessage.stream_id == stream_id)
    return await work.session.scalar(about.where(MailboxMessage.read_at > now() - _HOUR)) or 0


async def is_first(work: Work, message: Fetched, result: str) -> bool:
    """Note that a message is dealt with in this transaction; tell whether nobody has done so before."""
    row = {"id": uuid7(), "box": message.box, "uid": message.uid, "result": result, "read_at": now()}
    noted = insert(MailboxMessage).values(row).on_conflict_do_nothing().returning(MailboxMessage.id)
    return await work.session.scalar(noted) is not None


async def note_result(work: Work, message: Fetched, result: str, stream_id: UUID | None = None) -> None:
    """Say what became of it, and what it was about."""
    this = (MailboxMessage.box == message.box, MailboxMessage.uid == message.uid)
    values = {"result": result, "stream_id": stream_id}
    await work.session.execute(
        update(MailboxMessage).where(*this).values(values), execution_options={"synchronize_session": False}
    )
