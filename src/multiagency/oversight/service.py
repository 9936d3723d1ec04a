"""The auditor's reading of the log: who saw, changed and received what, and why; never the case itself."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from multiagency.audit.journal import DETAIL_FIELD, commitment
from multiagency.audit.models import AuditDetail, AuditEntry, AuditSequence
from multiagency.audit.note import Verifier
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work

PAGE = 200


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry; `detail` is None once erased, `genuine` tells whether it is what was hashed."""

    index: int | None
    body: dict[str, Any]
    detail: dict[str, Any] | None
    genuine: bool


async def entries(work: Work, case_reference: str = "", before: int | None = None) -> list[EntryView]:
    """Return the newest entries, `PAGE` at most; only of one case when its reference is given. Reading is logged."""
    work.record(Mode.READ, case_reference=case_reference or None)
    query = (
        select(AuditSequence.index, AuditEntry, AuditDetail)
        .outerjoin(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
        .outerjoin(AuditSequence, AuditSequence.entry_id == AuditEntry.id)
        .order_by(AuditEntry.id.desc())
    )
    if before is not None:
        query = query.where(AuditSequence.index < before)
    found: list[EntryView] = []
    for index, entry, detail in await work.session.execute(query.limit(PAGE if not case_reference else PAGE * 50)):
        view = await _open(work, index, entry, detail)
        if not case_reference or (view.detail or {}).get("case_reference") == case_reference.upper():
            found.append(view)
    return found[:PAGE]


async def _open(work: Work, index: int | None, entry: AuditEntry, detail: AuditDetail | None) -> EntryView:
    body = json.loads(entry.body)
    if detail is None:
        return EntryView(index, body, None, genuine=False)
    key = await work.vault.key_of(detail.detail)
    opened = key.open(DETAIL_FIELD, entry.id, detail.detail)
    return EntryView(index, body, json.loads(opened), commitment(detail.salt, opened.encode()) == body["detail"])


def read_verifier(work: Work) -> Verifier:
    """Return the log's public key, kept beside the other keys as text (C2SP verifier key)."""
    text = (work.tools.settings.keys_directory / "log.vkey").read_text("utf-8")
    return Verifier.parse(text.strip())
