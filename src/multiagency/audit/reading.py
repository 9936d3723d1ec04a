"""An entry opened: its sealed detail beside its hashed body, and whether the two are what was committed to."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeGuard
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.exc import NoResultFound

from multiagency.audit.entries import DETAIL_FIELD, commitment
from multiagency.audit.models import AuditDetail, AuditEntry
from multiagency.kernel.clock import to_helsinki
from multiagency.kernel.crypto import CannotDecrypt
from multiagency.kernel.keys import MasterKeyMissing
from multiagency.kernel.work import Work

Found = Row[int, AuditEntry, AuditDetail]
UNREADABLE = "unreadable"
"""What an entry says in every field that cannot be read."""
_WORDS = frozenset({"act", "purpose", "mode", "result", "detail"})
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
    def made_at(self) -> datetime | None:
        """The hashed time: no column beside it counts. None where neither can be read."""
        return None if self.body["at"] == UNREADABLE else datetime.fromisoformat(self.body["at"])


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
    if entry.at is None:
        return False
    return datetime.fromisoformat(body["at"]) == entry.at and body.get("id", str(entry.id)) == str(entry.id)


def _body(entry: AuditEntry) -> dict[str, Any]:
    """Read the hashed bytes; those that somebody has made unreadable say so in every field."""
    try:
        body = json.loads(entry.body)
        if _is_flat(body):
            to_helsinki(datetime.fromisoformat(body["at"]))
            return body
    except (ValueError, AttributeError, TypeError, OverflowError, RecursionError):
        pass
    at = entry.at.isoformat() if entry.at else UNREADABLE
    return {**dict.fromkeys(sorted(_WORDS), UNREADABLE), "at": at, "kinds": []}


def _is_flat(body: Any) -> TypeGuard[dict[str, Any]]:
    """Tell whether this is what every reader can go on with: one flat object of words, none of half a character.

    The database takes nothing else; whoever put something else there did so past its constraints.
    """
    json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    others = {name: value for name, value in body.items() if name != "kinds"}
    words = all(isinstance(body[name], str) for name in {*_WORDS, "at"} if name in body)
    plain = all(value is None or isinstance(value, str | int) for value in others.values())
    return plain and words and body.keys() >= _WORDS and all(isinstance(kind, str) for kind in body["kinds"])


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
