"""Scans of signed papers: sealed as a whole, recognised by their first bytes, and only ever handed out as a file."""

import hashlib
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import defer

from multiagency.cases.desk import Desk
from multiagency.cases.service import scope
from multiagency.consent.models import Consent, ConsentScan
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Invalid, NotVisible
from multiagency.kernel.ids import uuid7

_KINDS = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
}
"""First bytes of what is taken: whatever the browser says about a file is never believed."""


def media_type(content: bytes) -> str | None:
    """Return the media type by the first bytes, None for what is not taken."""
    return next((kind for first, (kind, _) in _KINDS.items() if content.startswith(first)), None)


def file_name(scan: ConsentScan) -> str:
    """Return a name that tells nothing about anybody."""
    return "consent." + next(ending for kind, ending in _KINDS.values() if kind == scan.media_type)


async def attach(desk: Desk, version: int | None, content: bytes) -> UUID:
    """Seal a scan to a version of the consent (the newest, when none is named); return its id.

    Raises `Invalid` naming `file` or `version`.
    """
    if not content:
        raise Invalid.of("file", "error.missing")
    kind = media_type(content)
    if kind is None:
        raise Invalid.of("file", "consent.scan_kind")
    limit = await desk.number("scan_kilobytes")
    if len(content) > limit * 1000:
        raise Invalid.of("file", "consent.scan_too_large", limit=limit)
    scan = ConsentScan(
        id=uuid7(),
        **scope(desk),
        consent_id=(await _version(desk, version)).id,
        media_type=kind,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        added_at=now(),
        added_by_id=desk.work.actor.post_id,
    )
    await desk.work.vault.seal_bytes(scan, content=content)
    desk.work.session.add(scan)
    await desk.work.session.flush()
    desk.wrote(Kind.CONSENT)
    return scan.id


async def _version(desk: Desk, version: int | None) -> Consent:
    query = select(Consent).where(Consent.case_id == desk.case.id).order_by(Consent.version.desc()).limit(1)
    found = await desk.work.session.scalar(query if version is None else query.where(Consent.version == version))
    if found is None:
        raise Invalid.of("version", "consent.no_such_version")
    return found


async def scans_of(desk: Desk) -> list[tuple[ConsentScan, int]]:
    """Return the scans in sight with the version each belongs to, the newest first; their content stays sealed."""
    query = select(ConsentScan, Consent.version).join(Consent, Consent.id == ConsentScan.consent_id)
    rows = await desk.work.session.execute(
        query.where(ConsentScan.case_id == desk.case.id)
        .options(defer(ConsentScan.content))
        .order_by(ConsentScan.added_at.desc())
    )
    return [(scan, version) for scan, version in rows]


async def open_scan(desk: Desk, scan_id: UUID) -> tuple[ConsentScan, bytes]:
    """Return a scan with its content. Raises `NotVisible` for one that is not of this case, or not in sight."""
    scan = await desk.work.session.get(ConsentScan, scan_id)
    if scan is None or scan.case_id != desk.case.id or Kind.CONSENT not in desk.kinds:
        raise NotVisible
    return scan, await desk.work.vault.open_bytes(scan, "content")
