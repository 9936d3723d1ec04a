"""Fills the kernel's journal: one hashed, insert-only entry per line, its personal part behind a salted commitment."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from multiagency.audit.models import AuditDetail, AuditEntry
from multiagency.audit.tree import leaf_hash
from multiagency.kernel.actor import Actor
from multiagency.kernel.database import lists_into
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Line
from multiagency.kernel.policy import RULES
from multiagency.kernel.vault import Vault

DETAIL_FIELD = "audit_detail.detail"
VERSION = 2
"""Of the hashed body. Version 1 has no `operation`; readers take both, and no entry is ever written anew."""


_ENTRIES, _DETAILS = lists_into(AuditEntry), lists_into(AuditDetail)


def canonical(value: dict[str, Any]) -> bytes:
    """Return the one byte form of a JSON object that is hashed: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def commitment(salt: bytes, detail: bytes) -> str:
    """Return the salted SHA-256 (hex) that stands for `detail` among the hashed bytes; it says nothing unsalted."""
    return hashlib.sha256(salt + detail).hexdigest()


def log_key_class(moment: datetime) -> str:
    """Return the name of the yearly log key."""
    return f"log-{moment.year}"


class HashedJournal:
    """Writes entries inside the transaction of the work: no entry, no commit."""

    async def write(self, session: AsyncSession, vault: Vault, actor: Actor | None, lines: Sequence[Line]) -> None:
        """Insert entry and detail of every line in two statements."""
        if not lines:
            return
        rows = [await self._rows(vault, actor, line) for line in lines]
        await session.execute(_ENTRIES, _lists([entry for entry, _ in rows]))
        await session.execute(_DETAILS, _lists([detail for _, detail in rows]))

    async def _rows(self, vault: Vault, actor: Actor | None, line: Line) -> tuple[dict[str, Any], dict[str, Any]]:
        entry_id, salt = uuid7(), secrets.token_bytes(16)
        detail = canonical(_detail(actor, line))
        body = canonical(_body(entry_id, line, commitment(salt, detail)))
        key = await vault.key_for(None, None, log_key_class(line.at))
        return (
            {"id": entry_id, "at": line.at, "body": body, "leaf_hash": leaf_hash(body)},
            {
                "entry_id": entry_id,
                "salt": salt,
                "detail": key.seal(DETAIL_FIELD, entry_id, detail.decode()),
                **_plain(actor, line),
            },
        )


def _lists(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    return {column: [row[column] for row in rows] for column in rows[0]}


def _plain(actor: Actor | None, line: Line) -> dict[str, Any]:
    """The columns that the auditor searches by."""
    who = {name: getattr(actor, name, None) for name in ("person_id", "post_id", "agency_id")}
    about = ("at", "act", "mode", "basis", "case_id", "case_reference", "subject_id", "controller_id", "recipient_id")
    return who | {name: getattr(line, name) for name in about}


def _body(entry_id: UUID, line: Line, detail: str) -> dict[str, Any]:
    return {
        "version": VERSION,
        "id": str(entry_id),
        "at": line.at.isoformat(timespec="microseconds"),
        "act": line.act,
        "purpose": RULES[line.act].purpose,
        "mode": line.mode,
        "operation": line.operation,
        "result": line.result,
        "kinds": sorted(line.kinds),
        "detail": detail,
    }


def _detail(actor: Actor | None, line: Line) -> dict[str, Any]:
    """What 703/2023 section 10 asks of a use and disclosure log, as far as this line knows it."""
    who = actor and {
        "person": str(actor.person_id),
        "post": str(actor.post_id),
        "agency": str(actor.agency_id),
        "name": actor.name,
        "title": actor.title,
        "agency_name": actor.agency_name,
        "role": actor.role,
    }
    about = {
        "case": line.case_id,
        "subject": line.subject_id,
        "controller": line.controller_id,
        "recipient": line.recipient_id,
    }
    return {
        "actor": who,
        "case_reference": line.case_reference,
        "recipient_name": line.recipient_name,
        "basis": line.basis,
        **{name: str(value) if value else None for name, value in about.items()},
    }
