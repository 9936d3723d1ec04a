"""The auditor's reading of the log: who saw, changed and received what, and why; never the case itself."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.exc import NoResultFound

from multiagency.audit import witnesses
from multiagency.audit.journal import DETAIL_FIELD, commitment
from multiagency.audit.models import AuditDetail, AuditEntry, AuditSequence
from multiagency.audit.trust import Trust
from multiagency.kernel.crypto import CannotDecrypt
from multiagency.kernel.errors import Invalid
from multiagency.kernel.ids import as_reference
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work

PAGE = 200
"""Entries at a time, unless the caller wants fewer."""
_BATCH = 500

_Query = Select[int, AuditEntry, AuditDetail]
_Found = Row[int, AuditEntry, AuditDetail]


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry. `genuine` tells whether `detail` is what was hashed.

    Without a detail it was erased in time (`erased`), or it was changed and does not open.
    """

    id: UUID
    index: int | None
    body: dict[str, Any]
    detail: dict[str, Any] | None
    genuine: bool
    erased: bool = False


async def entries(
    work: Work, case_reference: str = "", before: UUID | None = None, limit: int = PAGE
) -> list[EntryView]:
    """Return the newest entries, `limit` at most, older than the entry `before` when it is named; of one case if asked.

    Reading is logged. Raises `Invalid` for a text that is no reference: what was typed there must not be logged.
    """
    wanted = as_reference(case_reference)
    if case_reference and not wanted:
        raise Invalid.of("case", "audit.not_a_reference")
    case_id = await _case_id(work, wanted) if wanted else None
    work.record(Mode.READ, case_id=case_id, case_reference=wanted or None)
    if wanted:
        return await _of_case(work, wanted, case_id, before, limit)
    return await _read(work, _newest(), before, limit)


def _newest() -> _Query:
    return (
        select(AuditSequence.index, AuditEntry, AuditDetail)
        .outerjoin(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
        .outerjoin(AuditSequence, AuditSequence.entry_id == AuditEntry.id)
        .order_by(AuditEntry.id.desc())
    )


async def _read(work: Work, query: _Query, before: UUID | None, limit: int) -> list[EntryView]:
    older = query if before is None else query.where(AuditEntry.id < before)
    return [await _open(work, row) for row in (await work.session.execute(older.limit(limit))).all()]


async def _of_case(work: Work, wanted: str, case_id: UUID | None, before: UUID | None, limit: int) -> list[EntryView]:
    """Entries about the case, and refusals: whoever was refused named its reference without being shown the case."""
    refused = func.convert_from(AuditEntry.body, "UTF8").contains('"mode":"deny"')
    query = _newest().where(or_(AuditDetail.case_id == case_id, and_(AuditDetail.case_id.is_(None), refused)))
    found: list[EntryView] = []
    while len(found) < limit:
        views = await _read(work, query, before, _BATCH)
        found += [view for view in views if _concerns(view, wanted, case_id)]
        if len(views) < _BATCH:
            break
        before = views[-1].id
    return found[:limit]


def _concerns(view: EntryView, wanted: str, case_id: UUID | None) -> bool:
    about = view.detail or {}
    return about.get("case_reference") == wanted or (case_id is not None and about.get("case") == str(case_id))


async def _case_id(work: Work, wanted: str) -> UUID | None:
    """Return the id behind a reference: an auditor sees no cases, but the first entry of each names its reference."""
    firsts = (
        select(AuditSequence.index, AuditEntry, AuditDetail)
        .join(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
        .outerjoin(AuditSequence, AuditSequence.entry_id == AuditEntry.id)
        .where(AuditDetail.case_id.is_not(None))
        .ext(distinct_on(AuditDetail.case_id))
        .order_by(AuditDetail.case_id, AuditDetail.entry_id)
    )
    for row in (await work.session.execute(firsts)).all():
        view = await _open(work, row)
        if view.detail and view.detail["case_reference"] == wanted:
            return UUID(view.detail["case"])
    return None


async def _open(work: Work, row: _Found) -> EntryView:
    index, entry, detail = row
    body = json.loads(entry.body)
    if detail is None:
        return EntryView(entry.id, index, body, None, genuine=False, erased=True)
    try:
        key = await work.vault.key_of(detail.detail)
        opened = key.open(DETAIL_FIELD, entry.id, detail.detail)
    except NoResultFound:  # the yearly key was destroyed: nothing under it can be read again
        return EntryView(entry.id, index, body, None, genuine=False, erased=True)
    except (CannotDecrypt, ValueError):
        return EntryView(entry.id, index, body, None, genuine=False)
    genuine = commitment(detail.salt, opened.encode()) == body["detail"]
    return EntryView(entry.id, index, body, json.loads(opened), genuine)


async def own_trust(work: Work) -> Trust:
    """Return what the service itself verifies with: its public key, kept beside the others, and its witnesses."""
    text = (work.tools.settings.keys_directory / "log.vkey").read_text("utf-8")
    return Trust.of(text, [standing.vkey for standing in await witnesses.standing(work)], 0)


async def opened(work: Work, query: _Query) -> list[tuple[EntryView, AuditDetail | None]]:
    """Open every entry that a query of the rooms above finds, with the plain columns beside it: they prove nothing."""
    return [(await _open(work, row), row[2]) for row in (await work.session.execute(query)).all()]
