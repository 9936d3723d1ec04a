"""Reading the log: checkpoints with their co-signatures, bundles that anyone can verify, verification in place."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import Row, func, select

from multiagency.audit import bundle, nodes, pruning
from multiagency.audit.checking import PROGRESS_STEP, Checker, Hidden, Part, Shown, Verdict
from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.models import AuditCheckpoint, AuditCosignature, AuditEntry, AuditSequence
from multiagency.audit.ranges import cover
from multiagency.audit.sequencer import numbered
from multiagency.audit.trust import Trust
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.journal import Mode
from multiagency.kernel.progress import Progress
from multiagency.kernel.work import Work

_PAGE = 10_000


async def newest_checkpoint(work: Work, quorum: int = 0) -> str:
    """Return the newest signed checkpoint that at least `quorum` witnesses have co-signed, with their lines.

    Raises `Conflict` while there is none.
    """
    return await checkpoint_at(work, await _newest_size(work, quorum))


async def _newest_size(work: Work, quorum: int) -> int:
    sizes = select(AuditCheckpoint.tree_size)
    if quorum:
        sizes = sizes.join(AuditCosignature, AuditCosignature.tree_size == AuditCheckpoint.tree_size)
        sizes = sizes.group_by(AuditCheckpoint.tree_size).having(func.count() >= quorum)
    size = await work.session.scalar(sizes.order_by(AuditCheckpoint.tree_size.desc()).limit(1))
    if size is None:
        raise Conflict("audit.no_checkpoint")
    return size


async def checkpoint_at(work: Work, size: int) -> str:
    """Return the checkpoint of this size with its co-signatures. Raises `Conflict` when none was published."""
    note = await work.session.scalar(select(AuditCheckpoint.note).where(AuditCheckpoint.tree_size == size))
    if note is None:
        raise Conflict("audit.no_checkpoint")
    lines = select(AuditCosignature.line).where(AuditCosignature.tree_size == size)
    return note + "".join(await work.session.scalars(lines.order_by(AuditCosignature.received_at)))


async def export(
    work: Work,
    out: BinaryIO,
    first: int = 0,
    last: int | None = None,
    quorum: int = 0,
    progress: Progress | None = None,
) -> int:
    """Write a bundle of the entries from `first` up to but not including `last`; return how many entries it shows.

    The rest of the log is in it as subtree hashes, so that the part proves itself. The checkpoint is the newest that
    `quorum` witnesses have co-signed. Raises `Conflict` while there is none, `Invalid` for a range outside it.
    """
    work.record(Mode.READ)
    note = await newest_checkpoint(work, quorum)
    size = int(note.splitlines()[1])
    last = size if last is None else last
    if not 0 <= first <= last <= size:
        raise Invalid.of("from", "audit.not_a_range", size=size)
    out.write(bundle.opening(note))
    async for part in _parts(work, first, last):
        out.write(bundle.line(part))
        if progress and part.index % PROGRESS_STEP == 0:
            progress(part.index, size)
    for hidden in await _hidden(work, last, size):
        out.write(bundle.line(hidden))
    return last - max(first, min(await pruning.pruned_to(work), last))


async def range_of(
    work: Work, since: datetime | None, until: datetime | None, quorum: int = 0
) -> tuple[int, int | None]:
    """Return the shortest range of the log that holds every entry made from `since` up to before `until`.

    Only entries under the newest checkpoint that `quorum` witnesses have co-signed count: no other can be exported
    yet. The log's order is that of numbering, near to that of time: a few entries of other moments may lie within.
    Raises `Conflict` while there is no such checkpoint.
    """
    size = await _newest_size(work, quorum)
    inside = select(func.min(AuditSequence.index), func.max(AuditSequence.index) + 1)
    inside = inside.join(AuditEntry, AuditEntry.id == AuditSequence.entry_id)
    inside = inside.where(AuditSequence.index < size)
    if since is not None:
        inside = inside.where(AuditEntry.at >= since)
    if until is not None:
        inside = inside.where(AuditEntry.at < until)
    first, last = (await work.session.execute(inside)).one()
    return (0, 0) if first is None else (first, None if until is None else last)


async def verify(work: Work, trust: Trust, progress: Progress | None = None) -> Verdict:
    """Check every numbered entry in the database against the newest checkpoint that the quorum has co-signed.

    Besides, every checkpoint ever published must fit the entries, what is pruned must have been old enough, and the
    stored tree must give the same root. Raises `BrokenTree` when nodes that this takes are missing.
    """
    work.record(Mode.READ)
    try:
        size = await _newest_size(work, trust.quorum)
    except Conflict:
        size = await _newest_size(work, 0)  # whose verdict then says that the quorum is missing
    checker, published, looked_up = Checker(await checkpoint_at(work, size), trust), {}, 0
    if checker.size != size:
        checker.reject(f"The checkpoint published at {size} entries does not say so.")
    async for part in _parts(work, 0, await numbered(work), by_checkpoints=True):
        if part.index >= looked_up:
            published, looked_up = await _published(work, part.index), part.index + _PAGE
        if not checker.add(part) or not _fits(checker, published):
            break
        if progress and part.index % PROGRESS_STEP == 0:
            progress(part.index, checker.size)
    whole = not checker.failed and checker.frontier.size == size
    if whole and (await nodes.frontier(work, size)).root() != checker.frontier.root():
        checker.reject("The stored tree does not give the root of its entries.")
    if reason := await pruning.too_early(work, trust):
        checker.reject(reason)
    return checker.finish()


def _fits(checker: Checker, published: dict[int, str]) -> bool:
    """Compare with the checkpoint of the size just reached, if one was published."""
    note = published.get(checker.frontier.size)
    if note is None or checker.place != checker.frontier.size:
        return True
    try:
        fits = Checkpoint.parse(note.partition("\n\n")[0] + "\n").root == checker.frontier.root()
    except ValueError:
        fits = False
    return fits or checker.reject(
        f"The entries do not give the root of the checkpoint published at {checker.place} entries."
    )


async def _published(work: Work, place: int) -> dict[int, str]:
    """Return the checkpoints that end within the page of the log from `place` on."""
    query = select(AuditCheckpoint.tree_size, AuditCheckpoint.note)
    query = query.where(AuditCheckpoint.tree_size > place, AuditCheckpoint.tree_size <= place + _PAGE)
    return {size: note for size, note in await work.session.execute(query)}  # noqa: C416 (rows are no pairs to mypy)


async def _parts(work: Work, first: int, last: int, *, by_checkpoints: bool = False) -> AsyncIterator[Part]:
    """Yield the log up to `last`: as hashes what lies before `first` or was pruned, then entries, a page at a time.

    With `by_checkpoints` the hashes are cut where checkpoints end, so that each of those can be compared.
    """
    first = min(max(first, await pruning.pruned_to(work)), last)
    cuts = (
        select(AuditCheckpoint.tree_size).where(AuditCheckpoint.tree_size < first).order_by(AuditCheckpoint.tree_size)
    )
    begin = 0
    for end in [*(await work.session.scalars(cuts) if by_checkpoints else ()), first]:
        for hidden in await _hidden(work, begin, end):
            yield hidden
        begin = end
    while True:
        rows = await _page(work, begin, last)
        for index, body, stored in rows:
            yield Shown(index, body or b"", stored or b"")
        if len(rows) < _PAGE:
            return
        begin = rows[-1][0] + 1


async def _page(work: Work, first: int, last: int) -> Sequence[Row[int, bytes, bytes]]:
    query = (
        select(AuditSequence.index, AuditEntry.body, AuditEntry.leaf_hash)
        .outerjoin(AuditEntry, AuditEntry.id == AuditSequence.entry_id)
        .where(AuditSequence.index >= first, AuditSequence.index < last)
        .order_by(AuditSequence.index)
        .limit(_PAGE)
    )
    return (await work.session.execute(query)).all()


async def _hidden(work: Work, low: int, high: int) -> list[Hidden]:
    stretches = cover(low, high)
    found = await nodes.hashes(work, stretches)
    return [Hidden(index << level, level, node) for (level, index), node in zip(stretches, found, strict=True)]
