"""Wrapping everything under the newest master key: data keys, and the keys of messages that still wait."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, select

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.crypto import CannotDecrypt, MasterKey
from multiagency.kernel.journal import Mode
from multiagency.kernel.keys import MasterKeyMissing
from multiagency.kernel.progress import Progress
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.vault import WrappedKey
from multiagency.kernel.work import Work
from multiagency.mail.delivery import LEASE
from multiagency.mail.models import OutboxMessage
from multiagency.mail.outbox import WAITING
from multiagency.storage.records import persistently

BATCH = 500


@dataclass(slots=True)
class Wrapped:
    """What was wrapped anew. `left` is still under an earlier master key: it does not open, or is being sent.

    `missing`: how many keys each master key wraps that is not there.
    """

    keys: int = 0
    messages: int = 0
    left: int = 0
    missing: dict[str, int] = field(default_factory=dict)


async def rotate_wrapping(
    runtime: Runtime,
    presented: Presented,
    progress: Progress | None = None,
    patience: float = 2 * LEASE.total_seconds(),
) -> Wrapped:
    """Wrap what an earlier master key wraps under the current one; done twice it does nothing.

    Messages that are on their way this moment are waited for, `patience` seconds at most.
    """
    wrapped = Wrapped()
    unreadable = await _wrap_keys(runtime, presented, wrapped, progress)
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        wrapped.left = unreadable
        last: UUID | None = None
        while (step := await _step(runtime, presented, last, wrapped)) is not None:
            last = step
        busy = await _on_their_way(runtime, presented)
        wrapped.left += busy
        if not busy or asyncio.get_running_loop().time() > deadline:
            return wrapped
        await asyncio.sleep(1)


async def _wrap_keys(runtime: Runtime, presented: Presented, wrapped: Wrapped, progress: Progress | None) -> int:
    """Wrap all data keys anew; return how many do not open."""
    last: UUID | None = None
    unreadable = 0
    async with runtime.unit_of_work(presented, Act.ROTATE_KEYS) as work:
        work.record(Mode.READ)
        earlier = WrappedKey.master_id.is_distinct_from(work.tools.master.current().id)
        total = await work.session.scalar(select(func.count()).select_from(WrappedKey).where(earlier)) or 0
    while True:

        async def batch(after: UUID | None = last) -> tuple[UUID | None, int, Counter[str]]:
            async with runtime.unit_of_work(presented, Act.ROTATE_KEYS) as work:
                return await _key_batch(work, after)

        last, done, failed = await persistently(batch)
        if last is None:
            return unreadable
        wrapped.keys += done
        unreadable += failed.total()
        wrapped.missing = dict(Counter(wrapped.missing) + Counter({name: failed[name] for name in failed if name}))
        if progress:
            progress(wrapped.keys, total)


async def _key_batch(work: Work, after: UUID | None) -> tuple[UUID | None, int, Counter[str]]:
    """Wrap some; return the last, how many, and those that do not open by the master key that is missing, if one is."""
    current = work.tools.master.current()
    query = select(WrappedKey).where(WrappedKey.master_id.is_distinct_from(current.id))
    query = query.order_by(WrappedKey.id).limit(BATCH)
    rows = (await work.session.scalars(query if after is None else query.where(WrappedKey.id > after))).all()
    done, failed = 0, Counter[str]()
    for row in rows:
        try:
            key = work.tools.master.unwrap(row.id, row.wrapped, row.master_id)
        except CannotDecrypt as error:
            failed[(error.master_id or "") if isinstance(error, MasterKeyMissing) else ""] += 1
            continue
        row.wrapped, row.master_id = current.wrap(key), current.id
        done += 1
    work.record(Mode.WRITE, result=f"keys_wrapped:{done}")
    return (rows[-1].id if rows else None), done, failed


async def _step(runtime: Runtime, presented: Presented, after: UUID | None, wrapped: Wrapped) -> UUID | None:
    async def batch() -> tuple[UUID | None, int, int]:
        async with runtime.unit_of_work(presented, Act.ROTATE_KEYS) as work:
            return await _message_batch(work, after)

    last, done, failed = await persistently(batch)
    wrapped.messages += done
    wrapped.left += failed
    return last


def _leased(moment: datetime) -> ColumnElement[bool]:
    """A worker has this message in its hands, or will soon: its lease must not be disturbed, or it is sent twice."""
    return and_(OutboxMessage.attempts > 0, OutboxMessage.next_attempt_at.between(moment, moment + LEASE))


async def _message_batch(work: Work, after: UUID | None) -> tuple[UUID | None, int, int]:
    current, waiting = work.tools.master.current(), OutboxMessage.state == WAITING
    query = select(OutboxMessage).where(waiting, not_(_leased(now())), OutboxMessage.wrapped_key.is_not(None))
    query = query.order_by(OutboxMessage.id).limit(BATCH)
    rows = (await work.session.scalars(query if after is None else query.where(OutboxMessage.id > after))).all()
    results = [_wrap_message(work, row, current) for row in rows]
    work.record(Mode.WRITE, result=f"messages_wrapped:{results.count(True)}")
    return (rows[-1].id if rows else None), results.count(True), results.count(None)


def _wrap_message(work: Work, row: OutboxMessage, current: MasterKey) -> bool | None:
    """Wrap one message's key anew: True when it was, False when it had been, None when it does not open."""
    if row.body is None or row.wrapped_key is None or _opens(row, current):
        return False
    try:
        key = work.tools.master.unwrap(row.body.key_id, row.wrapped_key)
    except CannotDecrypt:
        return None
    row.wrapped_key = current.wrap(key)
    return True


async def _on_their_way(runtime: Runtime, presented: Presented) -> int:
    """Return how many messages a worker has in its hands that an earlier master key still wraps."""
    async with runtime.unit_of_work(presented, Act.ROTATE_KEYS) as work:
        work.record(Mode.READ)
        current, leased = work.tools.master.current(), _leased(now())
        rows = await work.session.scalars(select(OutboxMessage).where(OutboxMessage.state == WAITING, leased))
        return sum(not _opens(row, current) for row in rows)


def _opens(row: OutboxMessage, master: MasterKey) -> bool:
    if row.body is None or row.wrapped_key is None:
        return True
    try:
        master.unwrap(row.body.key_id, row.wrapped_key)
    except CannotDecrypt:
        return False
    return True
