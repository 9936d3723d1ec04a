"""What the worker does: what has gone leaves the outbox after a day."""

from datetime import timedelta

from sqlalchemy import delete

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.mail.models import OutboxMessage
from multiagency.mail.outbox import CHECKPOINT

KEPT = timedelta(days=1)


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
        work.record(Mode.WRITE)
