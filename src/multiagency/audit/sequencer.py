"""The one sequencer: numbers committed entries contiguously, and signs checkpoints over them.

Safe to kill at any instant and to start twice: numbers and nodes are one transaction, a checkpoint another, and the
primary keys of all three tables refuse a second sequencer's copy. Neither makes an entry of its own, or it would never
come to an end.
"""

import time

from sqlalchemy import func, insert, select

from multiagency.audit import nodes
from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.models import AuditCheckpoint, AuditDemand, AuditEntry, AuditSequence
from multiagency.audit.note import Signer
from multiagency.kernel.clock import now
from multiagency.kernel.faults import Point, reach
from multiagency.kernel.ids import id_before
from multiagency.kernel.work import Work

BATCH = 1000
_LOOK_BACK_SECONDS = 3600
"""An entry is looked for so long before the newest numbered one: its id is older than its commit."""
_SWEEP_SECONDS = 600
"""So often everything is looked through, in case a transaction took longer than that or a clock went back."""


class Sequencer:
    """Keeps nothing between rounds but when it last looked through everything."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._swept_at = float("-inf")

    async def number(self, work: Work) -> int:
        """Number up to `BATCH` waiting entries; return how many. Raises `BrokenTree` when nodes are missing."""
        size = await numbered(work)
        sweeping = time.monotonic() >= self._swept_at + _SWEEP_SECONDS
        waiting = await self._waiting(work, size, everything=sweeping)
        if sweeping and len(waiting) < BATCH:
            self._swept_at = time.monotonic()
        if waiting:
            edge = await nodes.frontier(work, size)
            rows = [{"index": size + place, "entry_id": entry.id} for place, entry in enumerate(waiting)]
            await work.session.execute(insert(AuditSequence), rows)
            await nodes.extend(work, edge, [entry.leaf_hash for entry in waiting])
            reach(Point.NUMBERS_WRITTEN)
        return len(waiting)

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

    async def _waiting(self, work: Work, size: int, *, everything: bool) -> list[AuditEntry]:
        unnumbered = ~select(AuditSequence.entry_id).where(AuditSequence.entry_id == AuditEntry.id).exists()
        query = select(AuditEntry).where(unnumbered).order_by(AuditEntry.id).limit(BATCH)
        if not everything:
            newest = await work.session.scalar(select(AuditSequence.entry_id).where(AuditSequence.index == size - 1))
            if newest is not None:
                query = query.where(AuditEntry.id > id_before(newest, _LOOK_BACK_SECONDS))
        return list(await work.session.scalars(query))


async def numbered(work: Work) -> int:
    """Return how many entries have been numbered, those included that were pruned since."""
    return (await work.session.scalar(select(func.coalesce(func.max(AuditSequence.index) + 1, 0)))) or 0


async def is_demanded(work: Work) -> bool:
    """Tell whether somebody asked for a checkpoint after the newest one."""
    newest = await work.session.scalar(select(func.max(AuditCheckpoint.published_at)))
    asked = await work.session.scalar(select(func.max(AuditDemand.at)))
    return asked is not None and (newest is None or newest < asked)
