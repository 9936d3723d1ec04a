"""What the self-check asks of checkpoints, witnesses and keys beyond the proof: things that no signature covers.

Each answers None where all fits, else the first entry concerned, where that can be told, and how many are wrong.
"""

import hashlib
import re
from collections import defaultdict

from sqlalchemy import func, literal, or_, select

from multiagency.audit import pruning
from multiagency.audit.models import AuditCheckpoint, AuditCosignature, AuditEntry, AuditSequence, AuditWitness
from multiagency.audit.witnesses import CLOCKS_APART, commitment_to
from multiagency.kernel.clock import now
from multiagency.kernel.crypto import CannotDecrypt
from multiagency.kernel.vault import WrappedKey
from multiagency.kernel.work import Work

Amiss = tuple[int | None, int] | None
_DIGEST = 32
_SEEN = "checkpoints:"


async def changed_checkpoints(work: Work) -> tuple[Amiss, str]:
    """Compare the published checkpoints with what earlier self-checks saw of them: notes, sizes and times.

    Returns besides the result under which this one is entered in the log: then no older checkpoint goes, and none is
    dated anew, without the next self-check's noticing.
    """
    seen: dict[int, set[str]] = defaultdict(set)
    for said in await _results(work, _SEEN):
        reached, _, digest = said.partition(":")
        if reached.isdecimal():
            seen[int(reached)].add(digest)
    history, size, wrong = hashlib.sha256(), 0, list[int]()
    rows = select(AuditCheckpoint.tree_size, AuditCheckpoint.published_at, AuditCheckpoint.note)
    async for size, at, note in await work.session.stream(rows.order_by(AuditCheckpoint.tree_size)):
        history.update(f"{size} {at and at.isoformat()}\n{note}\n".encode())
        if seen.pop(size, set()) - {history.hexdigest()[:_DIGEST]}:
            wrong.append(size)
    wrong += [gone for gone in seen if gone]
    return (min(wrong), len(wrong)) if wrong else None, f"{_SEEN}{size}:{history.hexdigest()[:_DIGEST]}"


async def misdated_checkpoints(work: Work) -> Amiss:
    """Find checkpoints dated before their last entry, out of order, after now, or later than a witness saw them."""
    before = func.lag(AuditCheckpoint.published_at).over(order_by=AuditCheckpoint.tree_size)
    dated = select(
        AuditCheckpoint.tree_size, AuditCheckpoint.published_at.label("at"), before.label("before")
    ).subquery()
    by_size = select(AuditCosignature.tree_size, func.min(AuditCosignature.seen_at).label("at"))
    seen = by_size.group_by(AuditCosignature.tree_size).subquery()
    wrong = (
        select(func.min(dated.c.tree_size), func.count(dated.c.tree_size.distinct()))
        .outerjoin(AuditSequence, AuditSequence.index == dated.c.tree_size - 1)
        .outerjoin(AuditEntry, AuditEntry.id == AuditSequence.entry_id)
        .outerjoin(seen, seen.c.tree_size == dated.c.tree_size)
        .where(
            or_(
                dated.c.at < dated.c.before,
                dated.c.at > now() + CLOCKS_APART,
                dated.c.at < AuditEntry.at - CLOCKS_APART,
                dated.c.at > seen.c.at + CLOCKS_APART,
            )
        )
    )
    first, count = (await work.session.execute(wrong)).one()
    return (first, count) if count else None


async def changed_witnesses(work: Work) -> Amiss:
    """Compare the register of witnesses with the entries that say who was registered and ended."""
    registered = set(await _results(work, "witness_registered:"))
    ended = set(await _results(work, "witness_ended:"))
    forgotten = now() - pruning.KEPT_AT_LEAST if await pruning.pruned_to(work) else None
    wrong, known = 0, set()
    for row in await work.session.scalars(select(AuditWitness)):
        said = commitment_to(row)
        known.add(said)
        if forgotten and row.registered_at and row.registered_at < forgotten:
            continue  # its entry was old enough to go
        wrong += said not in registered or (row.ended_at is not None) != (said in ended)
    wrong += len(registered - known)
    return (None, wrong) if wrong else None


async def unusable_keys(work: Work) -> Amiss:
    """Count the log's data keys that do not open: rubbish that somebody put there, or a master key is missing."""
    rows = select(WrappedKey).where(
        WrappedKey.case_id.is_(None), func.regexp_like(WrappedKey.retention_class, "^log-\\d")
    )
    wrong = 0
    for row in await work.session.scalars(rows):
        try:
            work.tools.master.unwrap(row.id, row.wrapped, row.master_id)
        except CannotDecrypt:
            wrong += 1
    return (None, wrong) if wrong else None


async def _results(work: Work, beginning: str) -> list[str]:
    """Return what follows after this beginning in the results of entries."""
    start = f'"result":"{beginning}'.encode()
    bodies = await work.session.scalars(
        select(AuditEntry.body).where(func.position(literal(start).op("IN")(AuditEntry.body)) > 0)
    )
    found = (re.search(re.escape(start) + rb'([0-9a-f:]+)"', body) for body in bodies)
    return [one[1].decode() for one in found if one]
