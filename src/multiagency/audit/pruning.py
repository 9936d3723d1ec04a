"""Entries whose time is over are destroyed; the hashes of their subtrees stay, so that every checkpoint still verifies.

Only the beginning of the log is ever pruned, up to the size of a checkpoint that is itself old enough: then everything
in it was made before. What a witness co-signed carries the witness's own time, which no operator can put back.
"""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, cast, delete, func, insert, select, true

from multiagency.audit.models import (
    AuditCheckpoint,
    AuditCosignature,
    AuditDetail,
    AuditEntry,
    AuditNode,
    AuditPruning,
    AuditSequence,
)
from multiagency.audit.note import BadNote
from multiagency.audit.trust import Trust
from multiagency.kernel.clock import now
from multiagency.kernel.work import Work

KEPT_AT_LEAST = timedelta(days=12 * 365)
"""No rule may let an entry go before (703/2023, annex: 12 years from the event); leap days are left to the job."""

_QUIETLY = {"synchronize_session": False}


async def pruned_to(work: Work) -> int:
    """Return how many entries at the beginning of the log were pruned."""
    return (await work.session.scalar(select(func.coalesce(func.max(AuditPruning.size), 0)))) or 0


async def prunable_to(work: Work, limit: datetime) -> int:
    """Return up to which size the log may be pruned: a checkpoint's, with nothing younger than `limit` below it."""
    published = select(func.max(AuditCheckpoint.tree_size)).where(AuditCheckpoint.published_at < limit)
    young = (
        select(func.min(AuditSequence.index))
        .join(AuditEntry, AuditEntry.id == AuditSequence.entry_id)
        .where(func.coalesce(func.hashed_at(AuditEntry.body) >= limit, true()))
    )
    old, first_young = await work.session.scalar(published), await work.session.scalar(young)
    if old is None or first_young is None:
        return 0
    below = select(func.max(AuditCheckpoint.tree_size)).where(AuditCheckpoint.tree_size <= min(old, first_young))
    return (await work.session.scalar(below)) or 0


async def prune(work: Work, size: int) -> int:
    """Destroy the first `size` entries and thin out their nodes; return how many entries went.

    Of the nodes those stay that lie between neighbouring checkpoints, as few as make them up, and all above: every
    checkpoint ever published, and the way from each to each, can still be proved.
    """
    if size <= await pruned_to(work):
        return 0
    await work.session.execute(insert(AuditPruning).values(size=size, at=now()))
    old = select(AuditSequence.entry_id).where(AuditSequence.index < size)
    ids = list(await work.session.scalars(old))
    await work.session.execute(delete(AuditDetail).where(AuditDetail.entry_id.in_(ids)), execution_options=_QUIETLY)
    await work.session.execute(delete(AuditSequence).where(AuditSequence.index < size), execution_options=_QUIETLY)
    await work.session.execute(delete(AuditEntry).where(AuditEntry.id.in_(ids)), execution_options=_QUIETLY)
    await _thin(work, size)
    return len(ids)


async def _thin(work: Work, size: int) -> None:
    """Delete the nodes whose parent lies wholly between two neighbouring checkpoints: the parent tells as much."""
    width = cast(2, BigInteger).op("<<")(AuditNode.level)
    begin = AuditNode.index // 2 * width
    needed = select(AuditCheckpoint.tree_size).where(
        AuditCheckpoint.tree_size > begin, AuditCheckpoint.tree_size < begin + width
    )
    thinning = delete(AuditNode).where(begin + width <= size, ~needed.exists())
    await work.session.execute(thinning, execution_options=_QUIETLY)


async def too_early(work: Work, trust: Trust | None = None) -> str | None:
    """Return a sentence when entries were pruned that cannot have been old enough, else None.

    Of a size that was reached twelve years ago there is a checkpoint from then, and where witnesses are trusted, one
    that a witness co-signed then.
    """
    size = await pruned_to(work)
    if not size:
        return None
    limit = now() - KEPT_AT_LEAST
    published = select(func.count()).select_from(AuditCheckpoint)
    published = published.where(AuditCheckpoint.tree_size >= size, AuditCheckpoint.published_at < limit)
    if not await work.session.scalar(published):
        return f"The first {size} entries were pruned, but the log was not that long twelve years ago."
    if trust is None or not trust.witnesses:
        return None
    notes = select(AuditCheckpoint.note, AuditCosignature.line)
    notes = notes.join(AuditCosignature, AuditCosignature.tree_size == AuditCheckpoint.tree_size)
    for note, line in await work.session.execute(notes.where(AuditCheckpoint.tree_size >= size)):
        if _seen_before(trust, note + line, limit):
            return None
    return f"The first {size} entries were pruned, but no witness saw the log that long twelve years ago."


def _seen_before(trust: Trust, note: str, limit: datetime) -> bool:
    for witness in trust.witnesses:
        try:
            seen = witness.seen_at(note)
        except BadNote:
            continue
        if seen is not None and seen < limit:
            return True
    return False
