"""What the worker does: what has gone leaves the outbox after a day, and what was read is forgotten."""

from datetime import timedelta

from sqlalchemy import delete

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.mail.models import MailboxMessage, OutboxMessage
from multiagency.mail.outbox import CHECKPOINT

KEPT = timedelta(days=1)
FORGOTTEN = timedelta(days=30)
"""How long it is known which messages of the mailbox were read: longer than a server is away from which they are to be
deleted."""


async def forget_mail(runtime: Runtime, presented: Presented) -> None:
    """Delete the messages that are finished since `KEPT`.

    Those to witnesses stay while they tell that the next one has time, `witness_mail_hours`.
    """
    async with runtime.unit_of_work(presented, Act.FORGET_MAIL) as work:
        kept = max(KEPT, timedelta(hours=runtime.settings.witness_mail_hours))
        for purpose, since in (
            (OutboxMessage.purpose != CHECKPOINT, KEPT),
            (OutboxMessage.purpose == CHECKPOINT, kept),
        ):
            gone = delete(OutboxMessage).where(OutboxMessage.finished_at < now() - since, purpose)
            await work.session.execute(gone, execution_options={"synchronize_session": False})
        read = delete(MailboxMessage).where(MailboxMessage.read_at < now() - FORGOTTEN)
        await work.session.execute(read, execution_options={"synchronize_session": False})
        work.record(Mode.WRITE)
