"""The self-check: everything that can be looked at from inside is looked at, and what does not fit raises an alarm.

It is no proof, for whoever runs the service runs it too; it finds what went wrong before somebody has to ask.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, literal, or_, select
from sqlalchemy.orm import aliased

from multiagency.assurance.service_alarms import AlarmCode, raise_alarm
from multiagency.audit import pruning, selfchecks, witnesses
from multiagency.audit import service as audit
from multiagency.audit.checking import Verdict
from multiagency.audit.cosignature import WitnessKey
from multiagency.audit.models import (
    AuditCheckpoint,
    AuditCosignature,
    AuditDetail,
    AuditEntry,
    AuditNode,
    AuditSequence,
    AuditWitness,
)
from multiagency.audit.nodes import BrokenTree
from multiagency.audit.note import BadNote
from multiagency.audit.reading import EntryView, open_entry
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict
from multiagency.kernel.ids import first_id_at
from multiagency.kernel.journal import Mode
from multiagency.kernel.progress import Progress
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work

_PAGE = 1000
_COSIGNATURES = 200
"""The newest co-signatures are looked at; older ones are the witnesses' own to keep."""
Misfits = dict[AlarmCode, tuple[int | None, int | None]]
"""What does not fit: the first bad entry's number and how many there are, where that can be told."""


async def check(runtime: Runtime, presented: Presented, *, progress: Progress | None = None) -> Sequence[AlarmCode]:
    """Look at all of the log, raise what is new, and return everything that does not fit now."""
    found: Misfits = {}
    async with runtime.unit_of_work(presented, Act.CHECK_LOG) as work:
        amiss, seen = await selfchecks.changed_checkpoints(work)
        work.record(Mode.READ, result=seen)
        for code, wrong in (
            (AlarmCode.CHECKPOINTS_CHANGED, amiss or await selfchecks.misdated_checkpoints(work)),
            (AlarmCode.WITNESS_CHANGED, await selfchecks.changed_witnesses(work)),
            (AlarmCode.KEY_UNUSABLE, await selfchecks.unusable_keys(work)),
        ):
            if wrong:
                found[code] = wrong
        await _whole(work, found, progress)
        await _nodes(work, found)
        await _unsigned(work, found)
        await _witnesses(work, found)
        await _details(work, found)
        for code, (first_bad, bad) in found.items():
            await raise_alarm(work, code, first_bad=first_bad, bad=bad)
    return list(found)


async def _whole(work: Work, found: Misfits, progress: Progress | None) -> None:
    """Entries, numbers and every published checkpoint, with the log's own key."""
    try:
        verdict = await audit.verify(work, await witnesses.own_trust(work), progress)
    except Conflict:
        return  # nothing is signed yet
    except BrokenTree:
        found[AlarmCode.NUMBERING_BROKEN] = (None, None)
        return
    if await pruning.too_early(work):
        found[AlarmCode.PRUNED_TOO_EARLY] = (None, None)
    elif not verdict.ok:
        found[_code_of(verdict)] = (verdict.first_bad, None)


def _code_of(verdict: Verdict) -> AlarmCode:
    if verdict.first_bad is None:
        return AlarmCode.CHECKPOINT_UNFIT
    changed = "leaf hash" in (verdict.reason or "")
    return AlarmCode.ENTRY_CHANGED if changed else AlarmCode.NUMBERING_BROKEN


async def _nodes(work: Work, found: Misfits) -> None:
    """Every node is the hash of the two below it; proofs are made of nodes."""
    left, right = aliased(AuditNode), aliased(AuditNode)
    below = AuditNode.index * 2
    wrong = (
        select(func.count())
        .select_from(AuditNode)
        .join(left, (left.level == AuditNode.level - 1) & (left.index == below))
        .join(right, (right.level == AuditNode.level - 1) & (right.index == below + 1))
        .where(AuditNode.hash != func.sha256(literal(b"\x01").concat(left.hash).concat(right.hash)))
    )
    leaves = (
        select(func.count())
        .select_from(AuditSequence)
        .join(AuditEntry, AuditEntry.id == AuditSequence.entry_id)
        .outerjoin(AuditNode, (AuditNode.level == 0) & (AuditNode.index == AuditSequence.index))
        .where(or_(AuditNode.hash.is_(None), AuditNode.hash != AuditEntry.leaf_hash))
    )
    bad = (await work.session.scalar(wrong) or 0) + (await work.session.scalar(leaves) or 0)
    if bad:
        found.setdefault(AlarmCode.NUMBERING_BROKEN, (None, bad))


async def _unsigned(work: Work, found: Misfits) -> None:
    """An entry that waits longer than it may for its number or for a checkpoint."""
    limit = now() - timedelta(seconds=work.tools.settings.unsigned_alarm_seconds)
    signed = select(func.coalesce(func.max(AuditCheckpoint.tree_size), 0)).scalar_subquery()
    waiting = (
        select(func.count())
        .select_from(AuditEntry)
        .outerjoin(AuditSequence, AuditSequence.entry_id == AuditEntry.id)
        .where(AuditEntry.id < first_id_at(limit))
        .where(or_(AuditSequence.index.is_(None), AuditSequence.index >= signed))
    )
    if count := await work.session.scalar(waiting):
        found[AlarmCode.UNSIGNED_TOO_LONG] = (None, count)


async def _witnesses(work: Work, found: Misfits) -> None:
    """A witness that is silent, and one whose line does not fit the checkpoint it stands under."""
    limit = timedelta(hours=work.tools.settings.witness_alarm_hours)
    late = [one for one in await witnesses.standing(work) if one.behind and one.delay and one.delay > limit]
    if late:
        found[AlarmCode.WITNESS_SILENT] = (None, len(late))
    query = (
        select(AuditCheckpoint.tree_size, AuditCheckpoint.note, AuditCosignature, AuditWitness.vkey)
        .join(AuditCosignature, AuditCosignature.tree_size == AuditCheckpoint.tree_size)
        .join(AuditWitness, AuditWitness.id == AuditCosignature.witness_id)
        .order_by(AuditCosignature.received_at.desc())
        .limit(_COSIGNATURES)
    )
    wrong = [size for size, note, line, vkey in await work.session.execute(query) if not _fits(note, line, vkey)]
    if wrong:
        found[AlarmCode.WITNESS_DISAGREES] = (min(wrong), len(wrong))


def _fits(note: str, cosignature: AuditCosignature, vkey: str) -> bool:
    try:
        return WitnessKey.parse(vkey).seen_at(note + cosignature.line) == cosignature.seen_at
    except (BadNote, ValueError):
        return False


async def _details(work: Work, found: Misfits) -> None:
    """What each entry committed to against what stands beside it: sealed, and in the columns that are searched."""
    after, kept_from = None, now() - pruning.KEPT_AT_LEAST
    while True:
        query = (
            select(AuditSequence.index, AuditEntry, AuditDetail)
            .outerjoin(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
            .outerjoin(AuditSequence, AuditSequence.entry_id == AuditEntry.id)
            .order_by(AuditEntry.id)
            .limit(_PAGE)
        )
        rows = (await work.session.execute(query if after is None else query.where(AuditEntry.id > after))).all()
        for row in rows:
            code = _amiss(await open_entry(work, row), kept_from)
            if code is not None:
                first, count = found.get(code, (row[0], 0))
                found[code] = (first, (count or 0) + 1)
        if len(rows) < _PAGE:
            return
        after = rows[-1][1].id
        work.session.expunge_all()


def _amiss(view: EntryView, kept_from: datetime) -> AlarmCode | None:
    """Return what is wrong with one entry; what is erased must have been old enough, by the hashed time."""
    if view.erased and view.made_at >= kept_from:
        return AlarmCode.PRUNED_TOO_EARLY
    if view.locked:
        return AlarmCode.UNREADABLE
    if view.misleading:
        return AlarmCode.COLUMNS_DISAGREE
    return None if view.genuine or view.erased else AlarmCode.DETAIL_CHANGED
