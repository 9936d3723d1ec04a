"""Delivery: claim, look once more whether it still may, send, erase. Safe to kill between any two of these.

A claim commits before anything is sent and lapses after `LEASE`, so a message is sent at least once, and a second
delivery is byte for byte the first: same Message-ID, same calendar identity. Messages of one stream leave in order:
of each, one at a time is claimed. Whatever one message raises is its own failure.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Row, Select, Uuid, case, func, select, update
from sqlalchemy.orm import aliased

from multiagency.audit.models import AuditWitness
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.journal import Mode
from multiagency.kernel.keys import MasterKeyMissing
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.mail.events import MailSettled, Settled
from multiagency.mail.models import OutboxMessage
from multiagency.mail.outbox import (
    CANCEL,
    CHECKPOINT,
    LATE,
    NOTICE,
    REFUSED,
    REPLACED,
    REQUEST,
    WAITING,
    WITHDRAWN,
    unseal,
)
from multiagency.mail.smtp import DIALOGUE, Handed, Letter, addresses, hand_over

_log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""How long a claimed message is left alone; longer than its dialogue can last, however late that begins."""
BEGUN_WITHIN = LEASE.total_seconds() - 2 * DIALOGUE
"""Seconds after a claim in which a dialogue may begin; what is not begun by then is given back."""
BATCH = 64
_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(hours=1)
_MOST_TRIES = 10
"""So often a message is tried that fails by itself, whatever the server: it will never leave."""
_LONGEST_WAIT = timedelta(days=5)
"""After that nobody expects a notice any more (RFC 5321 section 4.5.4.1); an invitation ends with its meeting."""
_MAY_LEAVE = "send"
_OF_INVITATION = (
    Column("invitation_id", Uuid),
    *(Column(name, Boolean) for name in (REQUEST, CANCEL, "over")),
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker may send now; `in_doubt` says that an earlier try may have arrived."""

    letter: Letter
    stream_id: UUID
    ordinal: int
    purpose: str
    attempts: int
    in_doubt: bool


@dataclass(slots=True)
class _Batch:
    """What was found due: messages to be sent, and how many there were in all."""

    found: int
    claimed: list[Claimed] = field(default_factory=list)


def back_off(attempts: int) -> timedelta:
    """Return the pause after so many failed attempts: 2 s, doubling, an hour at most."""
    doubled: int = 2 ** min(max(attempts - 1, 0), 16)
    return min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)


async def deliver_next(runtime: Runtime, presented: Presented) -> int:
    """Send or end what is due, a batch at most, over kept connections; return how many messages were due.

    Called until it returns 0, it empties the outbox of what can leave now.
    """
    async with runtime.unit_of_work(presented, Act.DELIVER_MAIL) as work:
        batch = await _claim(work)
    if batch.claimed:
        outcomes = await hand_over(runtime.settings, [each.letter for each in batch.claimed], BEGUN_WITHIN)
        async with runtime.unit_of_work(presented, Act.DELIVER_MAIL) as work:
            await _settle(work, batch.claimed, outcomes)
    return batch.found


def _due() -> Select[*tuple[Any, ...]]:
    """Ask for what is due and not held up by an earlier message of its stream; times are not looked at, only asked."""
    earlier, later, row = aliased(OutboxMessage), aliased(OutboxMessage), OutboxMessage
    blocked = select(earlier.id).where(
        earlier.stream_id == row.stream_id, earlier.ordinal < row.ordinal, earlier.state == WAITING
    )
    followed = select(later.id).where(
        later.stream_id == row.stream_id,
        later.ordinal > row.ordinal,
        later.state == WAITING,
        later.purpose == REQUEST,
    )
    registered = select(AuditWitness.id).where(AuditWitness.id == row.stream_id, AuditWitness.ended_at.is_(None))
    wanted = case(
        (row.purpose == NOTICE, func.may_be_noticed(row.stream_id)), (row.purpose == CHECKPOINT, registered.exists())
    )
    columns = (row.id, row.stream_id, row.ordinal, row.purpose, row.body, row.wrapped_key, row.attempts)
    more = (row.return_path, followed.exists().label("followed"))
    too_old = row.created_at < now() - _LONGEST_WAIT
    return (
        select(*columns, *more, row.may_have_left, wanted.label("wanted"), too_old.label("too_old"))
        .where(row.state == WAITING, row.next_attempt_at <= now(), ~blocked.exists())
        .order_by(row.next_attempt_at, row.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=row)
    )


async def _verdicts(work: Work, rows: Sequence[Row[Any]]) -> dict[UUID, str]:
    """Look once more: whether each message may leave now (`_MAY_LEAVE`), comes too late, or is withdrawn."""
    streams = [row.stream_id for row in rows if row.purpose in (REQUEST, CANCEL)]
    asked = func.what_may_leave(streams).table_valued(*_OF_INVITATION)
    about = {found.invitation_id: found for found in await work.session.execute(select(asked))} if streams else {}
    verdicts = {}
    for row in rows:
        found = about.get(row.stream_id)
        wanted = getattr(found, row.purpose, False) if row.purpose in (REQUEST, CANCEL) else row.wanted
        late = found.over if found is not None else row.too_old
        verdict = WITHDRAWN if not wanted else LATE if late else _MAY_LEAVE
        verdicts[row.id] = REPLACED if verdict == _MAY_LEAVE and _is_replaced(row, found) else verdict
    return verdicts


def _is_replaced(row: Row[Any], found: Any) -> bool:
    """Tell whether an update need not leave: nothing of it has, a later one waits, and there is an entry to update.

    Who has none yet gets the first invitation and then the newest update: each speaks of the one before.
    """
    return bool(row.purpose == REQUEST and row.followed and not row.may_have_left and found and found.cancel)


async def _claim(work: Work) -> _Batch:
    """Take what is due for `LEASE`; end what its recipient may not receive any more, or what comes too late."""
    rows = (await work.session.execute(_due())).all()
    batch = _Batch(len(rows))
    verdicts = await _verdicts(work, rows)
    for row in rows:
        if verdicts[row.id] != _MAY_LEAVE:
            continue
        try:
            letter = Letter(row.id, unseal(work.vault.master, row.id, row.body, row.wrapped_key), row.return_path or "")
        except Exception as error:  # a wrong master key, perhaps: it waits for the right one, and others go on
            fault = str(error) if isinstance(error, MasterKeyMissing) else type(error).__name__
            await _postpone(work, row.id, _LONGEST_PAUSE, fault)
            work.record(Mode.WRITE, result="failed")
            continue
        claim = Claimed(letter, row.stream_id, row.ordinal, row.purpose, row.attempts + 1, row.may_have_left)
        batch.claimed.append(claim)
    await _take(work, [each.letter.id for each in batch.claimed])
    await _end_unsent(work, [(row, verdicts[row.id]) for row in rows if verdicts[row.id] != _MAY_LEAVE])
    return batch


async def _take(work: Work, ids: Sequence[UUID]) -> None:
    if ids:
        lease = {"attempts": OutboxMessage.attempts + 1, "next_attempt_at": now() + LEASE, "may_have_left": True}
        await _change(work, ids, lease)


async def _end_unsent(work: Work, ended: Sequence[tuple[Row[Any], str]]) -> None:
    for state in (LATE, WITHDRAWN, REPLACED):
        ids = [row.id for row, verdict in ended if verdict == state]
        if ids:
            await _finish(work, ids, state)
            for _ in ids:
                work.record(Mode.WRITE, result=state)
    await _let_the_newest_leave(work, [row.stream_id for row, verdict in ended if verdict == REPLACED])
    told = [Settled(row.stream_id, row.ordinal, row.purpose, verdict, row.may_have_left) for row, verdict in ended]
    if told:
        await work.publish(MailSettled(work, told))


async def _let_the_newest_leave(work: Work, streams: Sequence[UUID]) -> None:
    """What replaces an update that was due leaves in its stead: however many follow, a person waits no longer."""
    if streams:
        waiting = update(OutboxMessage).where(OutboxMessage.stream_id.in_(streams), OutboxMessage.state == WAITING)
        fresh = waiting.where(OutboxMessage.attempts == 0, OutboxMessage.next_attempt_at > now())
        await work.session.execute(
            fresh.values(next_attempt_at=now()), execution_options={"synchronize_session": False}
        )


async def _settle(work: Work, claimed: Sequence[Claimed], outcomes: dict[UUID, Handed]) -> None:
    """Write down what became of each; what was not begun is given back as if it had not been claimed."""
    over: list[Settled] = []
    finished: dict[str, list[UUID]] = {}
    for each in claimed:
        outcome = outcomes.get(each.letter.id)
        if outcome is None:
            await _give_back(work, each, now(), each.attempts - 1, each.in_doubt, None)
            continue
        state = _state(each, outcome)
        _record(work, each, "failed" if state == WAITING else state)
        doubt = outcome.may_have_left or each.in_doubt
        if state == WAITING:
            again = now() + back_off(each.attempts)
            await _give_back(work, each, again, each.attempts, doubt, outcome.fault)
            continue
        finished.setdefault(state, []).append(each.letter.id)
        over.append(Settled(each.stream_id, each.ordinal, each.purpose, state, doubt, outcome.words))
    for state, ids in finished.items():
        await _finish(work, ids, state)
    if over:
        await work.publish(MailSettled(work, over))


def _state(each: Claimed, outcome: Handed) -> str:
    if outcome.ours and each.attempts >= _MOST_TRIES:
        _log.error("a message of the outbox cannot be sent: %s, %s", each.letter.id, outcome.fault)
        return REFUSED
    return outcome.state


async def _give_back(
    work: Work, each: Claimed, again: datetime, attempts: int, in_doubt: bool, fault: str | None
) -> None:
    """Let the message be tried again, unless its lease was over and another worker has it."""
    mine = update(OutboxMessage).where(
        OutboxMessage.id == each.letter.id, OutboxMessage.state == WAITING, OutboxMessage.attempts == each.attempts
    )
    values = {"next_attempt_at": again, "attempts": attempts, "may_have_left": in_doubt, "last_error": fault}
    await work.session.execute(mine.values(values), execution_options={"synchronize_session": False})


async def _postpone(work: Work, row_id: UUID, pause: timedelta, fault: str) -> None:
    await _change(work, [row_id], {"next_attempt_at": now() + pause, "last_error": fault})


async def _finish(work: Work, ids: Sequence[UUID], state: str) -> None:
    """Erase bodies and their keys; what remains says only that there were messages, when, and how they ended."""
    await _change(work, ids, {"state": state, "finished_at": now(), "body": None, "wrapped_key": None})


async def _change(work: Work, ids: Sequence[UUID], values: dict[str, Any]) -> None:
    waiting = update(OutboxMessage).where(OutboxMessage.id.in_(ids), OutboxMessage.state == WAITING)
    await work.session.execute(waiting.values(values), execution_options={"synchronize_session": False})


def _record(work: Work, each: Claimed, result: str) -> None:
    """Tell to whom the message went and why; it holds no client data, and its address stands in the sealed part."""
    to = addresses(each.letter.message)[1]
    if not to:
        work.record(Mode.WRITE, result=result)  # it names nobody: nobody was told anything
        return
    work.record(Mode.DISCLOSE, result=result, recipient_name=to, basis=f"mail_{each.purpose}")
