"""The one sequencer: numbers committed entries contiguously, and signs checkpoints over them.

What waits stands in a queue that a trigger fills, so nothing that was numbered is ever read again (decision 0034). Safe
to kill at any instant and to start twice: numbers, nodes and what leaves the queue are one transaction, a checkpoint
another, and the primary keys of all three tables refuse a second sequencer's copy. Neither makes an entry of its own,
or it would never come to an end.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    LargeBinary,
    Row,
    Uuid,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    select,
)
from sqlalchemy.dialects import postgresql

from multiagency.audit import nodes
from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.models import (
    EARLIEST,
    AuditCheckpoint,
    AuditDemand,
    AuditEntry,
    AuditRefused,
    AuditSequence,
    AuditWaiting,
    plausible,
)
from multiagency.audit.note import Signer
from multiagency.kernel.clock import now
from multiagency.kernel.faults import Point, reach
from multiagency.kernel.work import Work

BATCH = 2000
SWEPT = 20_000
"""So many entries at a time are looked through for one that neither waits nor has its number."""
LONGEST = 65_536
"""Bytes of a body; the service writes less than a thousand."""
_ONE_AT_A_TIME = 7_311_034
"""Advisory lock: a second sequencer passes, instead of doing the same in vain."""


class Turn(NamedTuple):
    """What one turn did: so many entries got their numbers, so many were refused one."""

    numbered: int
    refused: int


class Sequencer:
    """Keeps nothing between rounds but the key."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    async def number(self, work: Work) -> Turn:
        """Number up to `BATCH` waiting entries, in the order of their ids. Raises `BrokenTree` when nodes are missing.

        An entry that is not what the service writes gets no number, and is noted as refused: a number cannot be taken
        back, and what nobody can read must not stop the rest.
        """
        if not await work.session.scalar(select(func.pg_try_advisory_xact_lock(_ONE_AT_A_TIME))):
            return Turn(0, 0)
        waiting = (await work.session.execute(_WAITING)).all()
        if not waiting:
            return Turn(0, 0)
        faults = {row.entry_id: fault for row in waiting if not row.done and (fault := _fault(row))}
        sound = [row for row in waiting if not row.done and row.entry_id not in faults]
        if sound:
            await _extend(work, sound)
        if faults:
            refused = [{"entry_id": entry_id, "at": now(), "why": why} for entry_id, why in faults.items()]
            await work.session.execute(postgresql.insert(AuditRefused).on_conflict_do_nothing(), refused)
        handled = delete(AuditWaiting).where(AuditWaiting.entry_id == func.any(_uuids(waiting)))
        await work.session.execute(handled, execution_options={"synchronize_session": False})
        reach(Point.NUMBERS_WRITTEN)
        return Turn(len(sound), len(faults))

    async def publish(self, work: Work) -> bool:
        """Sign and publish a checkpoint if anything is numbered that none covers; tell whether there was."""
        size, newest = await numbered(work), await work.session.scalar(select(func.max(AuditCheckpoint.tree_size)))
        if size <= (newest or 0):
            return False
        edge = await nodes.frontier(work, size)
        note = self._signer.sign(Checkpoint(self._signer.name, size, edge.root()).text())
        reach(Point.CHECKPOINT_SIGNED)
        await work.session.execute(insert(AuditCheckpoint).values(tree_size=size, note=note, published_at=now()))
        reach(Point.CHECKPOINT_WRITTEN)
        return True


_WAITING = (
    select(
        AuditWaiting.entry_id,
        AuditEntry.leaf_hash,
        case((plausible(AuditEntry.at), AuditEntry.at), else_=null()).label("at"),
        case((func.octet_length(AuditEntry.body) <= LONGEST, AuditEntry.body), else_=cast(b"", LargeBinary)).label(
            "body"
        ),
        exists().where(AuditSequence.entry_id == AuditWaiting.entry_id).label("done"),
        cast(AuditEntry.leaf_hash == func.sha256(literal(b"\x00").concat(AuditEntry.body)), Boolean).label("hashed"),
    )
    .outerjoin(AuditEntry, AuditEntry.id == AuditWaiting.entry_id)
    .order_by(AuditWaiting.entry_id)
    .limit(BATCH)
)
"""What waits, without a value that could not be read: no time that Python does not have, no body that is too long."""


def _fault(row: Row[Any]) -> str | None:
    """Return why an entry gets no number, as a code, or None. Whatever reading it raises is a reason too."""
    if row.leaf_hash is None:
        return "gone"
    if not row.hashed:
        return "leaf_hash"
    if row.at is None:
        return "time"
    try:
        body = json.loads(row.body)
        if UUID(body["id"]) != row.entry_id:
            return "other_entry"
        return None if datetime.fromisoformat(body["at"]) == row.at else "time"
    except Exception:  # too deeply nested, no UTF-8, no object, no such field: none of it was written by the service
        return "body"


async def _extend(work: Work, entries: Sequence[Row[Any]]) -> None:
    """Give the next numbers to these entries, and let the tree grow by them."""
    size = await numbered(work)
    edge = await nodes.frontier(work, size)
    numbers = cast(list(range(size, size + len(entries))), postgresql.ARRAY(BigInteger))
    rows = select(func.unnest(numbers), func.unnest(_uuids(entries)))
    await work.session.execute(insert(AuditSequence).from_select(["index", "entry_id"], rows))
    await nodes.extend(work, edge, [entry.leaf_hash for entry in entries])


def _uuids(rows: Sequence[Row[Any]]) -> Any:
    return cast([row.entry_id for row in rows], postgresql.ARRAY(Uuid))


async def sweep(work: Work, after: UUID | None = None) -> tuple[UUID | None, int]:
    """Put into the queue what neither waits, nor has its number, nor was refused one, among the next `SWEPT` entries.

    There is nothing unless somebody wrote past the trigger. Return the last id looked at, None at the end, and how many
    there were.
    """
    page = select(AuditEntry.id).order_by(AuditEntry.id).limit(SWEPT)
    looked_at = (page if after is None else page.where(AuditEntry.id > after)).cte("page")
    last = await work.session.scalar(select(looked_at.c.id).order_by(looked_at.c.id.desc()).limit(1))
    known = (AuditSequence, AuditWaiting, AuditRefused)
    missing = select(looked_at.c.id).where(*(~exists().where(one.entry_id == looked_at.c.id) for one in known))
    adding = postgresql.insert(AuditWaiting).from_select(["entry_id"], missing).on_conflict_do_nothing()
    added = await work.session.scalars(adding.returning(AuditWaiting.entry_id))
    return last, len(added.all())


async def newly_refused(work: Work, since: datetime | None) -> int:
    """Return how many entries got no number since then."""
    query = select(func.count()).select_from(AuditRefused)
    return await work.session.scalar(query if since is None else query.where(AuditRefused.at > since)) or 0


async def numbered(work: Work) -> int:
    """Return how many entries have been numbered, those included that were pruned since."""
    return (await work.session.scalar(select(func.coalesce(func.max(AuditSequence.index) + 1, 0)))) or 0


async def is_demanded(work: Work) -> bool:
    """Tell whether somebody asked for a checkpoint after the newest one."""
    newest = select(AuditCheckpoint.published_at).order_by(AuditCheckpoint.tree_size.desc()).limit(1).scalar_subquery()
    asked = select(AuditDemand.at).order_by(AuditDemand.id.desc()).limit(1).scalar_subquery()
    return await work.session.scalar(select(asked > func.coalesce(newest, literal(EARLIEST)))) or False
