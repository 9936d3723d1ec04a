"""The one sequencer: numbers committed entries contiguously and signs a checkpoint over them.

Safe to kill at any instant and to start twice: numbers and checkpoint are one transaction, and the primary keys of
both tables refuse a second sequencer's copy. Numbering itself makes no entry, or it would never come to an end.
"""

from sqlalchemy import func, insert, select

from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.models import AuditCheckpoint, AuditEntry, AuditSequence
from multiagency.audit.note import Signer
from multiagency.audit.tree import Frontier
from multiagency.kernel.clock import now
from multiagency.kernel.work import Work

BATCH = 1000


class Sequencer:
    """Keeps the right edge of the tree between rounds; a fresh one reads it back from the database."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._frontier = Frontier()

    async def number(self, work: Work) -> Frontier:
        """Number up to `BATCH` waiting entries and publish a checkpoint; return the new edge for `adopt`."""
        size = (await work.session.scalar(select(func.coalesce(func.max(AuditSequence.index) + 1, 0)))) or 0
        edge = await self._edge_at(work, size)
        waiting = await self._waiting(work)
        if waiting:
            rows = [{"index": size + place, "entry_id": entry.id} for place, entry in enumerate(waiting)]
            await work.session.execute(insert(AuditSequence), rows)
            for entry in waiting:
                edge.append(entry.leaf_hash)
            await self._publish(work, edge)
        return edge

    def adopt(self, edge: Frontier) -> bool:
        """Take over the edge once its transaction has committed; tell whether it grew."""
        grew = edge.size > self._frontier.size
        self._frontier = edge
        return grew

    async def _edge_at(self, work: Work, size: int) -> Frontier:
        """Extend a copy of the edge to `size` from the database; start over if the database went back."""
        known = self._frontier if self._frontier.size <= size else Frontier()
        edge = Frontier(known.size, known.nodes)
        query = (
            select(AuditEntry.leaf_hash)
            .join(AuditSequence, AuditSequence.entry_id == AuditEntry.id)
            .where(AuditSequence.index >= edge.size)
            .order_by(AuditSequence.index)
        )
        for leaf in await work.session.scalars(query):
            edge.append(leaf)
        return edge

    async def _waiting(self, work: Work) -> list[AuditEntry]:
        unnumbered = ~select(AuditSequence.entry_id).where(AuditSequence.entry_id == AuditEntry.id).exists()
        query = select(AuditEntry).where(unnumbered).order_by(AuditEntry.id).limit(BATCH)
        return list(await work.session.scalars(query))

    async def _publish(self, work: Work, edge: Frontier) -> None:
        checkpoint = Checkpoint(self._signer.name, edge.size, edge.root())
        note = self._signer.sign(checkpoint.text())
        await work.session.execute(insert(AuditCheckpoint).values(tree_size=edge.size, note=note, published_at=now()))
