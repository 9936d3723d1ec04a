"""The auditor's reading of the log: who saw, changed and received what, and why; never the case itself.

The database leaves out cases in which the auditor is a party or biased. Pages and files always say that it may, in the
same words to everybody: that something was left out must not tell that there is such a case.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Row, Select, Text, Uuid, func, select
from sqlalchemy.exc import NoResultFound

from multiagency.audit import witnesses
from multiagency.audit.journal import DETAIL_FIELD, commitment
from multiagency.audit.models import AuditDetail, AuditEntry, AuditSequence
from multiagency.audit.trust import Trust
from multiagency.kernel.crypto import CannotDecrypt
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.oversight.filters import Filters

PAGE = 200
"""Entries at a time, unless the caller wants fewer."""

_Query = Select[int, AuditEntry, AuditDetail]
Found = Row[int, AuditEntry, AuditDetail]
_SINCE_0009 = ("basis", "subject_id", "controller_id", "recipient_id")
"""Plain columns that no entry before revision 0009 has; its sealed detail does."""


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry. `genuine` tells whether `detail` is what was hashed, and whether it is found by what it says.

    Without a detail it was erased in time (`erased`), or it was changed and does not open. `misleading` is a genuine
    detail beside columns that say something else to whoever searches.
    """

    id: UUID
    index: int | None
    body: dict[str, Any]
    detail: dict[str, Any] | None
    genuine: bool
    erased: bool = False
    misleading: bool = False


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
        case_id=await _case_id(work, asked.case) if asked.case else None,
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


def case_references() -> Any:
    """Return the reference of every case as a table, for an auditor, who sees no case."""
    return func.case_references().table_valued(Column("id", Uuid), Column("reference", Text))


async def _case_id(work: Work, wanted: str) -> UUID | None:
    known = case_references()
    found: UUID | None = await work.session.scalar(select(known.c.id).where(known.c.reference == wanted))
    return found


async def open_entry(work: Work, row: Found) -> EntryView:
    """Open the detail of an entry, read with its number, and compare it with what was committed to."""
    index, entry, detail = row
    body = _body(entry)
    if detail is None:
        return EntryView(entry.id, index, body, None, genuine=False, erased=True)
    try:
        key = await work.vault.key_of(detail.detail)
        opened = key.open(DETAIL_FIELD, entry.id, detail.detail)
    except NoResultFound:  # the yearly key was destroyed: nothing under it can be read again
        return EntryView(entry.id, index, body, None, genuine=False, erased=True)
    except (CannotDecrypt, ValueError):
        return EntryView(entry.id, index, body, None, genuine=False)
    about = json.loads(opened)
    committed = commitment(detail.salt, opened.encode()) == body["detail"]
    agreed = committed and _agrees(detail, body, about)
    return EntryView(entry.id, index, body, about, agreed, misleading=committed and not agreed)


def _body(entry: AuditEntry) -> dict[str, Any]:
    """Read the hashed bytes; those that somebody has made unreadable say so in every field."""
    try:
        body: dict[str, Any] = json.loads(entry.body)
        if {"at", "act", "purpose", "mode", "result", "kinds", "detail"} <= body.keys():
            return body
    except (ValueError, AttributeError):
        pass
    unreadable = dict.fromkeys(("act", "purpose", "mode", "result", "detail"), "unreadable")
    return {**unreadable, "at": entry.at.isoformat(), "kinds": []}


def _agrees(plain: AuditDetail, body: dict[str, Any], about: dict[str, Any]) -> bool:
    """Tell whether the columns that are searched say what was committed to: a false one would hide an entry."""
    actor = about.get("actor") or {}
    said = {name: actor.get(name.removesuffix("_id")) for name in ("person_id", "post_id", "agency_id")}
    said |= {name: about.get(name.removesuffix("_id")) for name in ("case_id", *_SINCE_0009)}
    said |= {"case_reference": about.get("case_reference"), "act": body["act"], "mode": body["mode"]}
    if body.get("version") == 1 and all(getattr(plain, name) is None for name in _SINCE_0009):
        said = {name: value for name, value in said.items() if name not in _SINCE_0009}
    found = {name: getattr(plain, name) for name in said}
    same = {name: None if value is None else str(value) for name, value in found.items()} == said
    return same and plain.at == datetime.fromisoformat(body["at"])


async def own_trust(work: Work) -> Trust:
    """Return what the service itself verifies with: its public key, kept beside the others, and its witnesses."""
    text = (work.tools.settings.keys_directory / "log.vkey").read_text("utf-8")
    return Trust.of(text, [standing.vkey for standing in await witnesses.standing(work)], 0)
