"""The self-check: everything that can be looked at from inside is looked at, and what does not fit raises an alarm.

It is no proof, for whoever runs the service runs it too; it finds what went wrong before somebody has to ask.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, literal, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from multiagency.assurance import reading_selfcheck as selfchecks
from multiagency.assurance.jobs_alarms import alarm
from multiagency.assurance.models import AuditAlarm
from multiagency.assurance.service_alarms import AlarmCode
from multiagency.audit import pruning, witnesses
from multiagency.audit import service as audit
from multiagency.audit.checking import Verdict
from multiagency.audit.cosignature import WitnessKey
from multiagency.audit.models import (
    AuditCheckpoint,
    AuditCosignature,
    AuditDemand,
    AuditDetail,
    AuditEntry,
    AuditNode,
    AuditPruning,
    AuditRefused,
    AuditSequence,
    AuditWitness,
    plausible,
)
from multiagency.audit.nodes import BrokenTree
from multiagency.audit.reading import Found, open_entry
from multiagency.audit.sequencer import newly_refused
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.due import place_of
from multiagency.kernel.errors import Conflict, NotSignedIn
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
Look = Callable[[Work, Progress | None], Awaitable[Misfits]]
_log = logging.getLogger(__name__)


async def check(runtime: Runtime, presented: Presented, *, progress: Progress | None = None) -> Sequence[AlarmCode]:
    """Look at all of the log, raise what is new, and return everything that does not fit now.

    Each part is looked at by itself and each alarm raised by itself. A part that cannot be looked at, for whatever
    reason, is an alarm like any other. Raises ExceptionGroup in the end when an alarm could not be raised.
    """
    found, unsaid = list[AlarmCode](), list[Exception]()
    for look in _LOOKS:
        for code, (first_bad, bad) in (await _looked(runtime, presented, look, progress)).items():
            found += [code] if code not in found else []
            try:
                await alarm(runtime, presented, code, first_bad, bad)
            except Exception as error:
                unsaid.append(error)
    if unsaid:
        raise ExceptionGroup("alarms could not be raised", unsaid)
    return found


async def _looked(runtime: Runtime, presented: Presented, look: Look, progress: Progress | None) -> Misfits:
    try:
        async with runtime.unit_of_work(presented, Act.CHECK_LOG) as work:
            if look is not _checkpoints:
                work.record(Mode.READ)
            return await look(work, progress)
    except NotSignedIn:
        raise
    except Exception as error:
        _log.critical("a part of the self-check failed: %s", place_of(error))
        return {AlarmCode.CHECK_FAILED: (None, None)}


async def _checkpoints(work: Work, _: Progress | None) -> Misfits:
    """Older checkpoints that are gone, changed or dated anew since earlier self-checks saw them."""
    amiss, seen = await selfchecks.changed_checkpoints(work)
    work.record(Mode.READ, result=seen)  # what the next self-check compares with
    wrong = amiss or await selfchecks.misdated_checkpoints(work)
    return {AlarmCode.CHECKPOINTS_CHANGED: wrong} if wrong else {}


async def _registered(work: Work, _: Progress | None) -> Misfits:
    """Witnesses that are not what was entered when they were registered."""
    wrong = await selfchecks.changed_witnesses(work)
    return {AlarmCode.WITNESS_CHANGED: wrong} if wrong else {}


async def _keys(work: Work, _: Progress | None) -> Misfits:
    """Data keys of the log that do not open."""
    wrong = await selfchecks.unusable_keys(work)
    return {AlarmCode.KEY_UNUSABLE: wrong} if wrong else {}


async def _times(work: Work, _: Progress | None) -> Misfits:
    """Times that cannot be: nobody reads them, for most of the tools that would cannot."""
    moments = (
        *(AuditEntry.at, AuditDetail.at, AuditCheckpoint.published_at, AuditPruning.at, AuditDemand.at),
        *(AuditCosignature.seen_at, AuditCosignature.received_at, AuditWitness.registered_at, AuditWitness.ended_at),
    )
    counted = [select(func.count()).where(~plausible(moment)).scalar_subquery() for moment in moments]
    bad = sum((await work.session.execute(select(*counted))).one())
    return {AlarmCode.TIME_UNFIT: (None, bad)} if bad else {}


async def _whole(work: Work, progress: Progress | None) -> Misfits:
    """Entries, numbers and every published checkpoint, with the log's own key."""
    try:
        verdict = await audit.verify(work, await witnesses.own_trust(work), progress)
    except Conflict:
        return {}  # nothing is signed yet
    except BrokenTree:
        return {AlarmCode.NUMBERING_BROKEN: (None, None)}
    if await pruning.too_early(work):
        return {AlarmCode.PRUNED_TOO_EARLY: (None, None)}
    return {} if verdict.ok else {_code_of(verdict): (verdict.first_bad, None)}


def _code_of(verdict: Verdict) -> AlarmCode:
    if verdict.first_bad is None:
        return AlarmCode.CHECKPOINT_UNFIT
    changed = "leaf hash" in (verdict.reason or "")
    return AlarmCode.ENTRY_CHANGED if changed else AlarmCode.NUMBERING_BROKEN


async def _nodes(work: Work, _: Progress | None) -> Misfits:
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
    return {AlarmCode.NUMBERING_BROKEN: (None, bad)} if bad else {}


async def _refused(work: Work, _: Progress | None) -> Misfits:
    """Entries that got no number since that was last an alarm; they stay as they are, and are told of once."""
    last = select(func.max(AuditAlarm.at)).where(AuditAlarm.code == AlarmCode.ENTRY_REFUSED)
    bad = await newly_refused(work, await work.session.scalar(last))
    return {AlarmCode.ENTRY_REFUSED: (None, bad)} if bad else {}


async def _unsigned(work: Work, _: Progress | None) -> Misfits:
    """An entry that waits longer than it may for its number or for a checkpoint."""
    limit = now() - timedelta(seconds=work.tools.settings.unsigned_alarm_seconds)
    signed = select(func.coalesce(func.max(AuditCheckpoint.tree_size), 0)).scalar_subquery()
    waiting = (
        select(func.count())
        .select_from(AuditEntry)
        .outerjoin(AuditSequence, AuditSequence.entry_id == AuditEntry.id)
        .where(AuditEntry.id < first_id_at(limit))
        .where(or_(AuditSequence.index.is_(None), AuditSequence.index >= signed))
        .where(~exists().where(AuditRefused.entry_id == AuditEntry.id))
    )
    count = await work.session.scalar(waiting)
    return {AlarmCode.UNSIGNED_TOO_LONG: (None, count)} if count else {}


async def _silent(work: Work, _: Progress | None) -> Misfits:
    """A witness that has not co-signed for too long."""
    limit = timedelta(hours=work.tools.settings.witness_alarm_hours)
    late = [one for one in await witnesses.standing(work) if one.behind and one.delay and one.delay > limit]
    return {AlarmCode.WITNESS_SILENT: (None, len(late))} if late else {}


async def _disagreeing(work: Work, _: Progress | None) -> Misfits:
    """A witness whose line does not fit the checkpoint it stands under."""
    query = (
        select(AuditCheckpoint.tree_size, AuditCheckpoint.note, AuditCosignature, AuditWitness.vkey)
        .join(AuditCosignature, AuditCosignature.tree_size == AuditCheckpoint.tree_size)
        .join(AuditWitness, AuditWitness.id == AuditCosignature.witness_id)
        .order_by(AuditCosignature.received_at.desc())
        .limit(_COSIGNATURES)
    )
    wrong = [size for size, note, line, vkey in await work.session.execute(query) if not _fits(note, line, vkey)]
    return {AlarmCode.WITNESS_DISAGREES: (min(wrong), len(wrong))} if wrong else {}


def _fits(note: str, cosignature: AuditCosignature, vkey: str) -> bool:
    try:
        return WitnessKey.parse(vkey).seen_at(note + cosignature.line) == cosignature.seen_at
    except Exception:  # whatever is wrong with note, line or key: it does not fit
        return False


async def _details(work: Work, _: Progress | None) -> Misfits:
    """What each entry committed to against what stands beside it: sealed, and in the columns that are searched."""
    found: Misfits = {}
    after, kept_from = None, now() - pruning.KEPT_AT_LEAST
    while True:
        query = (
            select(AuditSequence.index, AuditEntry, AuditDetail)
            .outerjoin(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
            .outerjoin(AuditSequence, AuditSequence.entry_id == AuditEntry.id)
            .where(plausible(AuditEntry.at), or_(AuditDetail.at.is_(None), plausible(AuditDetail.at)))
            .order_by(AuditEntry.id)
            .limit(_PAGE)
        )
        rows = (await work.session.execute(query if after is None else query.where(AuditEntry.id > after))).all()
        for row in rows:
            code = await _amiss(work, row, kept_from)
            if code is not None:
                first, count = found.get(code, (row[0], 0))
                found[code] = (first, (count or 0) + 1)
        if len(rows) < _PAGE:
            return found
        after = rows[-1][1].id
        work.session.expunge_all()


async def _amiss(work: Work, row: Found, kept_from: datetime) -> AlarmCode | None:
    """Return what is wrong with one entry: what cannot be read is wrong.

    What is erased must have been old enough, by the hashed time.
    """
    try:
        view = await open_entry(work, row)
    except (DBAPIError, OSError):
        raise
    except Exception:
        return AlarmCode.UNREADABLE
    if view.erased and (view.made_at is None or view.made_at >= kept_from):
        return AlarmCode.PRUNED_TOO_EARLY
    if view.locked:
        return AlarmCode.UNREADABLE
    if view.misleading:
        return AlarmCode.COLUMNS_DISAGREE
    return None if view.genuine or view.erased else AlarmCode.DETAIL_CHANGED


_LOOKS: tuple[Look, ...] = (
    *(_checkpoints, _registered, _keys, _times, _whole, _nodes),
    *(_refused, _unsigned, _silent, _disagreeing, _details),
)
