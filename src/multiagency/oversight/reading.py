"""The auditor's reading of the log: who saw, changed and received what, and why; never the case itself.

The database leaves out cases in which the auditor is a party or biased. Pages and files always say that it may, in the
same words to everybody: that something was left out must not tell that there is such a case.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, Uuid, func, select

from multiagency.audit.models import AuditDetail, AuditEntry, AuditSequence
from multiagency.audit.reading import EntryView, open_entry
from multiagency.cases.reading_references import case_with
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.oversight.filters import Filters

PAGE = 200
"""Entries at a time, unless the caller wants fewer."""

_Query = Select[int, AuditEntry, AuditDetail]


async def entries(work: Work, asked: Filters, before: UUID | None = None, limit: int = PAGE) -> list[EntryView]:
    """Return the newest entries that the filter asks for, `limit` at most, older than `before` when it is named.

    Reading is logged with the case and the subjects of the filter.
    """
    await record(work, asked)
    return await read(work, asked, before, limit)


async def record(work: Work, asked: Filters, result: str = "done") -> None:
    """Log that the log is read by this filter: with its case and its subjects, in ids."""
    work.record(
        Mode.READ,
        subjects=asked.subjects,
        case_id=await case_with(work, asked.case) if asked.case else None,
        case_reference=asked.case or None,
        result=result,
    )


async def read(work: Work, asked: Filters, before: UUID | None = None, limit: int = PAGE) -> list[EntryView]:
    """Return entries as `entries` does, for a caller that logs them itself."""
    query = _newest(asked)
    older = query if before is None else query.where(AuditEntry.id < before)
    return [await open_entry(work, row) for row in (await work.session.execute(older.limit(limit))).all()]


async def those(work: Work, ids: Collection[UUID]) -> dict[UUID, EntryView]:
    """Return the entries with these ids; what is not there is left out. The caller logs it."""
    rows = await work.session.execute(_newest(Filters()).where(AuditEntry.id.in_(ids)))
    views = [await open_entry(work, row) for row in rows.all()]
    return {view.id: view for view in views}


async def count(work: Work, asked: Filters) -> int:
    """Return how many entries the filter asks for."""
    query = select(func.count()).select_from(_newest(asked).order_by(None).with_only_columns(AuditEntry.id).subquery())
    return await work.session.scalar(query) or 0


def _newest(asked: Filters) -> _Query:
    query = (
        select(AuditSequence.index, AuditEntry, AuditDetail)
        .join(AuditDetail, AuditDetail.entry_id == AuditEntry.id, isouter=asked.all)
        .outerjoin(AuditSequence, AuditSequence.entry_id == AuditEntry.id)
        .order_by(AuditEntry.id.desc())
    )
    if asked.all:  # an entry without its detail is shown as erased; one that is kept from this reader is not shown
        kept = func.entries_kept_from_auditor(type_=Uuid).column_valued("kept")
        query = query.where(AuditEntry.id.not_in(select(kept)))
    return query.where(*asked.where())
