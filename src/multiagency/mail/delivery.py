"""Delivery: claim, look once more whether it still may, send, erase. Safe to kill between any two of these.

A claim commits before anything is sent and lapses after `LEASE`, so a message is sent at least once, and a second
delivery is byte for byte the first: same Message-ID, same calendar identity. Messages of one stream leave in order.
"""

from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from uuid import UUID

import aiosmtplib
from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from multiagency.audit.models import AuditWitness
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.crypto import CannotDecrypt
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.mail.models import OutboxMessage
from multiagency.mail.outbox import CANCEL, CHECKPOINT, NOTICE, unseal
from multiagency.settings import Settings

LEASE = timedelta(seconds=60)
"""How long a claimed message is left alone; longer than one step of an SMTP dialogue may take (`_TIMEOUT`), not all."""
_TIMEOUT = 30
_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker may send now."""

    id: UUID
    message: bytes
    attempts: int
    purpose: str


def back_off(attempts: int) -> timedelta:
    """Return the pause after so many failed attempts: 2 s, doubling, an hour at most."""
    doubled: int = 2 ** min(attempts - 1, 16)
    return min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)


async def deliver_next(runtime: Runtime, presented: Presented) -> bool:
    """Deliver or drop one message that is due; tell whether there was one."""
    async with runtime.unit_of_work(presented, Act.DELIVER_MAIL) as work:
        row = await _next_due(work)
        if row is None:
            return False
        claimed = await _claim(work, row)
    if claimed is not None:
        await _send(runtime, presented, claimed)
    return True


async def _next_due(work: Work) -> OutboxMessage | None:
    earlier = aliased(OutboxMessage)
    blocked = select(earlier.id).where(
        earlier.stream_id == OutboxMessage.stream_id,
        earlier.ordinal < OutboxMessage.ordinal,
        earlier.state == "pending",
    )
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.state == "pending", OutboxMessage.next_attempt_at <= now(), ~blocked.exists())
        .order_by(OutboxMessage.next_attempt_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return await work.session.scalar(query)


async def _claim(work: Work, row: OutboxMessage) -> Claimed | None:
    """Take the message for `LEASE`, or drop it when its recipient may not receive it any more."""
    if not await _still_may(work, row):
        _finish(row, "dropped")
        work.record(Mode.WRITE, result="dropped")
        return None
    try:
        message = unseal(work.vault.master, row)
    except CannotDecrypt:  # a wrong master key, perhaps: the message waits for the right one, and others go on
        row.next_attempt_at, row.last_error = now() + _LONGEST_PAUSE, CannotDecrypt.__name__
        work.record(Mode.WRITE, result="failed")
        return None
    row.attempts += 1
    row.next_attempt_at = now() + LEASE
    return Claimed(row.id, message, row.attempts, row.purpose)


async def _still_may(work: Work, row: OutboxMessage) -> bool:
    if row.purpose == NOTICE:
        return bool(await work.session.scalar(select(func.may_be_noticed(row.stream_id))))
    if row.purpose == CHECKPOINT:
        registered = select(AuditWitness.id).where(AuditWitness.id == row.stream_id, AuditWitness.ended_at.is_(None))
        return await work.session.scalar(registered) is not None
    if row.purpose != CANCEL:
        return bool(await work.session.scalar(select(func.may_receive(row.stream_id))))
    attempted = select(OutboxMessage.id).where(OutboxMessage.stream_id == row.stream_id, OutboxMessage.attempts > 0)
    return await work.session.scalar(attempted.limit(1)) is not None


async def _send(runtime: Runtime, presented: Presented, claimed: Claimed) -> None:
    try:
        await send(runtime.settings, claimed.message)
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        async with runtime.unit_of_work(presented, Act.DELIVER_MAIL) as work:
            again = {"next_attempt_at": now() + back_off(claimed.attempts), "last_error": type(error).__name__}
            await work.session.execute(update(OutboxMessage).where(OutboxMessage.id == claimed.id).values(again))
            _log(work, claimed, "failed")
        return
    async with runtime.unit_of_work(presented, Act.DELIVER_MAIL) as work:
        row = await work.session.get_one(OutboxMessage, claimed.id)
        _finish(row, "sent")
        _log(work, claimed, "sent")


def _log(work: Work, claimed: Claimed, result: str) -> None:
    """Tell to whom the message went and why; it holds no client data, and its address stands in the sealed part."""
    to, why = _addresses(claimed.message)[1], f"mail_{claimed.purpose}"
    work.record(Mode.DISCLOSE, result=result, recipient_name=to, basis=why)


def _finish(row: OutboxMessage, state: str) -> None:
    """Erase the body and its key; what remains says only that there was a message, and when."""
    row.state, row.finished_at = state, now()
    row.body = row.wrapped_key = None


async def send(settings: Settings, message: bytes) -> None:
    """Hand one message to the SMTP server; TLS is required unless the settings say otherwise (demo and tests)."""
    sender, recipient = _addresses(message)
    secret = settings.smtp_password
    await aiosmtplib.send(
        message,
        sender=sender,
        recipients=[recipient],
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=secret.get_secret_value() if secret else None,
        start_tls=settings.smtp_tls == "required",
        timeout=_TIMEOUT,
    )


def _addresses(message: bytes) -> tuple[str, str]:
    parsed = message_from_bytes(message, policy=default)
    return parsed["From"].addresses[0].addr_spec, parsed["To"].addresses[0].addr_spec
