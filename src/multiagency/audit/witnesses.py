"""Witnesses as the service knows them: whose keys are registered, what each has co-signed, and how far behind it is."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from multiagency.audit import nodes, service
from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.cosignature import WitnessKey
from multiagency.audit.models import AuditCheckpoint, AuditCosignature, AuditDemand, AuditWitness, plausible
from multiagency.audit.note import BadNote, split
from multiagency.audit.trust import Trust
from multiagency.audit.update import Update
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid, NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work

CLOCKS_APART = timedelta(hours=1)
"""Times of different machines are taken to agree when they are no further apart."""
_DIGEST = 32
"""Hex digits of a hash in an entry."""


class Newest(NamedTuple):
    """Size of the newest checkpoint and when it was published, None where that cannot be read."""

    size: int
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How one witness stands: `size` and `seen_at` of the last checkpoint it co-signed, None when there is none.

    `behind` counts signed entries that it has not co-signed; `delay` is how long the co-signature took, or, while the
    witness is behind, how long the first checkpoint after its last has been waiting.
    """

    id: UUID
    agency_id: UUID
    name: str
    vkey: str
    mail: str | None
    url: str | None
    size: int | None
    seen_at: datetime | None
    behind: int
    delay: timedelta | None


def commitment_to(row: AuditWitness) -> str:
    """Return what the entry about a registered witness says of it: a hash of key, agency and addresses, as hex."""
    said = [str(row.id), str(row.agency_id), row.vkey, row.mail, row.url]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:_DIGEST]


async def register(work: Work, agency_id: UUID, vkey: str, mail: str | None, url: str | None = None) -> UUID:
    """Register an agency's key; the entry about it commits to all that is registered.

    Raises `Invalid` for a key that is none of a witness or is registered already.
    """
    try:
        key = WitnessKey.parse(vkey)
    except ValueError:
        raise Invalid.of("vkey", "witnesses.not_a_key") from None
    known = await work.session.scalars(select(AuditWitness.vkey))
    if key.public_key in [other.public_key for text in known if (other := _key(text))]:
        raise Invalid.of("vkey", "witnesses.known_key")
    row = AuditWitness(
        id=uuid7(),
        agency_id=agency_id,
        vkey=vkey,
        mail=mail,
        url=url,
        registered_at=now(),
        registered_by=work.actor.post_id,
    )
    work.session.add(row)
    work.record(Mode.WRITE, recipient_id=agency_id, result=f"witness_registered:{commitment_to(row)}")
    return row.id


async def end(work: Work, witness_id: UUID) -> None:
    """End a witness: nothing more is taken from it; what it co-signed stays. Raises `NotVisible` for none."""
    row = await _registered(work, witness_id)
    row.ended_at = now()
    work.record(Mode.WRITE, recipient_id=row.agency_id, result=f"witness_ended:{commitment_to(row)}")


async def active(work: Work, witness_id: UUID) -> Standing:
    """Return how one registered witness stands. Raises `NotVisible` when there is none, or it was ended."""
    return await _standing(work, await _registered(work, witness_id), await newest(work))


async def _registered(work: Work, witness_id: UUID) -> AuditWitness:
    row = await work.session.get(AuditWitness, witness_id)
    if row is None or row.ended_at is not None:
        raise NotVisible
    return row


async def demand(work: Work) -> None:
    """Ask for a checkpoint now."""
    work.session.add(AuditDemand(id=uuid7(), at=now(), post_id=work.actor.post_id))
    work.record(Mode.WRITE)


async def update(work: Work, old_size: int) -> Update:
    """Return the newest checkpoint and the proof from a smaller one.

    Raises `Conflict` while there is none, or when it is smaller: whoever saw the larger one has found a fault.
    """
    note = await service.newest_checkpoint(work)
    size = int(note.splitlines()[1])
    if old_size > size:
        raise Conflict("witnesses.went_back", size=size)
    return Update(old_size, await nodes.consistency(work, old_size, size), note)


async def accept(work: Work, note: str) -> int:
    """Store what registered witnesses have co-signed in a note; return how many lines were new.

    Raises `Invalid` unless the note is one of this log's own checkpoints and a registered witness validly co-signed it,
    at a time between its publication and now.
    Neither makes an entry: one would make a checkpoint and that another co-signature, for ever, and anybody could fill
    the log with refusals.
    """
    checkpoint = await _own(work, note)
    dated = select(AuditCheckpoint.published_at).where(AuditCheckpoint.tree_size == checkpoint.size)
    published = (await work.session.scalars(dated)).one()
    text, _ = split(note)
    single = [f"{text}\n{line}\n" for line in note.rpartition("\n\n")[2].splitlines()]
    rows = []
    active = select(AuditWitness.id, AuditWitness.vkey).where(AuditWitness.ended_at.is_(None))
    for witness_id, vkey in await work.session.execute(active):
        for one in single:
            seen_at = _seen(vkey, one)
            if seen_at and published and published - CLOCKS_APART <= seen_at <= now() + CLOCKS_APART:
                line = one.removeprefix(f"{text}\n")
                rows.append({"witness_id": witness_id, "line": line, "seen_at": seen_at})
                break
    if not rows:
        raise Invalid.of("note", "witnesses.nobody")
    stored = insert(AuditCosignature).on_conflict_do_nothing().returning(AuditCosignature.tree_size)
    rows = [{"tree_size": checkpoint.size, "received_at": now(), **row} for row in rows]
    return len((await work.session.execute(stored, rows)).all())


def _key(vkey: str) -> WitnessKey | None:
    """Read a registered key; one that somebody has made unreadable co-signs nothing."""
    try:
        return WitnessKey.parse(vkey)
    except ValueError:
        return None


def _seen(vkey: str, note: str) -> datetime | None:
    try:
        return WitnessKey.parse(vkey).seen_at(note)
    except (BadNote, ValueError):
        return None


async def _own(work: Work, note: str) -> Checkpoint:
    """Return the published checkpoint whose text stands in the note."""
    try:
        text, _ = split(note)
        checkpoint = Checkpoint.parse(text)
        own = await service.checkpoint_at(work, checkpoint.size)
    except (BadNote, ValueError, Conflict):
        raise Invalid.of("note", "witnesses.not_ours") from None
    if split(own)[0] != text:
        raise Invalid.of("note", "witnesses.not_ours")
    return checkpoint


async def newest(work: Work) -> Newest | None:
    """Return what the newest checkpoint is, None while there is none."""
    query = select(AuditCheckpoint.tree_size, AuditCheckpoint.published_at)
    row = (await work.session.execute(query.order_by(AuditCheckpoint.tree_size.desc()).limit(1))).one_or_none()
    return None if row is None else Newest(*row)


async def standing(work: Work) -> list[Standing]:
    """Return how every registered witness stands, in the order of registration."""
    top = await newest(work)
    query = select(AuditWitness).where(AuditWitness.ended_at.is_(None)).order_by(AuditWitness.registered_at)
    return [await _standing(work, row, top) for row in await work.session.scalars(query)]


async def _standing(work: Work, row: AuditWitness, top: Newest | None) -> Standing:
    query = select(AuditCosignature).where(AuditCosignature.witness_id == row.id)
    last = await work.session.scalar(query.order_by(AuditCosignature.tree_size.desc()).limit(1))
    size = last.tree_size if last else 0
    behind = top.size - size if top else 0
    after = func.min(AuditCheckpoint.published_at)
    where = AuditCheckpoint.tree_size > size if behind else AuditCheckpoint.tree_size == size
    published = await work.session.scalar(select(after).where(where, plausible(AuditCheckpoint.published_at)))
    until = now() if behind or last is None else last.received_at
    return Standing(
        id=row.id,
        agency_id=row.agency_id,
        name=key.name if (key := _key(row.vkey)) else row.vkey.partition("+")[0],
        vkey=row.vkey,
        mail=row.mail,
        url=row.url,
        size=last.tree_size if last else None,
        seen_at=last.seen_at if last else None,
        behind=behind,
        delay=until - published if until and published else None,
    )


async def own_trust(work: Work) -> Trust:
    """Return what the service itself verifies with: its public key, kept beside the others, and its witnesses."""
    text = (work.tools.settings.keys_directory / "log.vkey").read_text("utf-8")
    return Trust.of(text, [one.vkey for one in await standing(work) if _key(one.vkey)], 0)
