"""Reading the log: the newest checkpoint, a bundle that anyone can verify, and verification in place."""

import io
from collections.abc import AsyncIterator, Callable

from sqlalchemy import select

from multiagency.audit import bundle
from multiagency.audit.bundle import EntryChecker, Verdict
from multiagency.audit.models import AuditCheckpoint, AuditEntry, AuditSequence
from multiagency.audit.note import Verifier
from multiagency.kernel.errors import Conflict
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work

_PAGE = 10_000


async def newest_checkpoint(work: Work) -> str:
    """Return the newest signed checkpoint. Raises `Conflict` while there is none."""
    query = select(AuditCheckpoint.note).order_by(AuditCheckpoint.tree_size.desc()).limit(1)
    note = await work.session.scalar(query)
    if note is None:
        raise Conflict("audit.no_checkpoint")
    return note


async def export(work: Work) -> bytes:
    """Return a bundle of all numbered entries under the newest checkpoint (JSON Lines)."""
    work.record(Mode.READ)
    note = await newest_checkpoint(work)
    size = int(note.splitlines()[1])
    out = io.BytesIO()
    bundle.write(out, note, [body async for index, body, _ in _numbered(work) if index < size])
    return out.getvalue()


async def verify(work: Work, verifier: Verifier, progress: Callable[[int], None] | None = None) -> Verdict:
    """Check every numbered entry in the database against the newest signed checkpoint."""
    work.record(Mode.READ)
    checker = EntryChecker(await newest_checkpoint(work), verifier)
    async for index, body, stored in _numbered(work):
        if not checker.add(index, body, stored):
            break
        if progress and index % _PAGE == 0:
            progress(index)
    return checker.finish()


async def _numbered(work: Work) -> AsyncIterator[tuple[int, bytes, bytes]]:
    """Yield (index, hashed bytes, stored leaf hash) in order, a page at a time."""
    after = -1
    while True:
        query = (
            select(AuditSequence.index, AuditEntry.body, AuditEntry.leaf_hash)
            .outerjoin(AuditEntry, AuditEntry.id == AuditSequence.entry_id)
            .where(AuditSequence.index > after)
            .order_by(AuditSequence.index)
            .limit(_PAGE)
        )
        rows = (await work.session.execute(query)).all()
        for index, body, stored in rows:
            yield index, body or b"", stored or b""
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]
