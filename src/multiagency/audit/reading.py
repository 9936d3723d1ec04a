"""An entry opened: its sealed detail beside its hashed body, and whether the two are what was committed to."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.exc import NoResultFound

from multiagency.audit.entries import DETAIL_FIELD, commitment
from multiagency.audit.models import AuditDetail, AuditEntry
from multiagency.kernel.crypto import CannotDecrypt
from multiagency.kernel.keys import MasterKeyMissing
from multiagency.kernel.work import Work

Found = Row[int, AuditEntry, AuditDetail]
_SINCE_0009 = ("basis", "subject_id", "controller_id", "recipient_id")
"""Plain columns that no entry before revision 0009 has; its sealed detail does."""


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry. `genuine` tells whether `detail` is what was hashed, and whether it is found by what it says.

    Without a detail it was erased in time (`erased`), or it was changed and does not open. `misleading`: columns say
    something else than was hashed, to whoever searches or deletes what is old. `locked`: the master key is missing.
    """

    id: UUID
    index: int | None
    body: dict[str, Any]
    detail: dict[str, Any] | None
    genuine: bool
    erased: bool = False
    misleading: bool = False
    locked: bool = False

    @property
    def made_at(self) -> datetime:
        """The hashed time: no column beside it counts."""
        return datetime.fromisoformat(self.body["at"])


async def open_entry(work: Work, row: Found) -> EntryView:
    """Open the detail of an entry, read with its number, and compare it with what was committed to."""
    index, entry, detail = row
    body = _body(entry)
    unread = EntryView(entry.id, index, body, None, genuine=False, misleading=not _is_itself(entry, body))
    if detail is None:
        return replace(unread, erased=True)
    try:
        key = await work.vault.key_of(detail.detail)
        opened = key.open(DETAIL_FIELD, entry.id, detail.detail)
        about = json.loads(opened)
    except NoResultFound:  # the yearly key was destroyed: nothing under it can be read again
        return replace(unread, erased=True)
    except MasterKeyMissing:
        return replace(unread, locked=True)
    except (CannotDecrypt, ValueError, RecursionError):
        return replace(unread, misleading=False)
    committed = isinstance(about, dict) and commitment(detail.salt, opened.encode()) == body["detail"]
    agreed = committed and not unread.misleading and _agrees(detail, body, about)
    shown = about if isinstance(about, dict) else None
    return replace(unread, detail=shown, genuine=agreed, misleading=committed and not agreed)


def _is_itself(entry: AuditEntry, body: dict[str, Any]) -> bool:
    """Tell whether the columns of the entry say what its bytes do; unreadable bytes are another fault."""
    return datetime.fromisoformat(body["at"]) == entry.at and body.get("id", str(entry.id)) == str(entry.id)


def _body(entry: AuditEntry) -> dict[str, Any]:
    """Read the hashed bytes; those that somebody has made unreadable say so in every field."""
    try:
        body: dict[str, Any] = json.loads(entry.body)
        if {"at", "act", "purpose", "mode", "result", "kinds", "detail"} <= body.keys():
            datetime.fromisoformat(body["at"]).astimezone(UTC)
            return body
    except (ValueError, AttributeError, TypeError, OverflowError, RecursionError):
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
