"""Expiry: what the rules say is over is deleted, rows and keys, and only numbers remain (703/2023 sections 23-24).

One unit of work per case, so a run may be killed anywhere and started again. Years are counted from the end of the
case. Where a rule counts from a death or a birth the service knows no date, and keeps.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from multiagency.audit import pruning
from multiagency.audit.models import AuditDetail, AuditEntry
from multiagency.cases.models import Case, LawfulBasis
from multiagency.consent.models import Consent
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import later, now, to_helsinki
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.progress import Progress
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.vault import WrappedKey
from multiagency.kernel.work import Work
from multiagency.pathways.definition import StageKind
from multiagency.pathways.service import parameter_of_day
from multiagency.storage.models import DeletionReport, LegalHold, RetentionRule
from multiagency.storage.records import client_tables, kinds_of, persistently, tables_of_a_case
from multiagency.storage.service_rules import FROM_THE_END, LOG, rules_in_force

RetentionScope = tuple[UUID, str]
"""Controller and retention class: what is kept and goes together within a case."""
NOTHING_LEFT = "nothing_left"
"""The ground on which a shell goes: its case is over and no rule keeps anything of it."""
_QUIETLY = {"synchronize_session": False}


@dataclass(slots=True)
class Expired:
    """What one run deleted, or would delete.

    `kept`: rows by class whose time is not over or cannot be told. `postponed`: tables, per case, whose rows wait for
    what names them and is kept longer.
    """

    cases: int = 0
    rows: int = 0
    keys: int = 0
    held: int = 0
    postponed: int = 0
    log_details: int = 0
    log_keys: int = 0
    log_entries: int = 0
    kept: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Gone:
    """What of one case went, per scope; `postponed` counts tables whose rows are still named by rows that stay."""

    rows: Counter[RetentionScope] = field(default_factory=Counter)
    keys: Counter[RetentionScope] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    whole: bool = False
    postponed: int = 0


async def expire(
    runtime: Runtime, presented: Presented, *, dry_run: bool = False, progress: Progress | None = None
) -> Expired:
    """Delete everything whose time is over and that no hold keeps; with `dry_run` only count it."""
    expired, run_id = Expired(), uuid7()
    async with runtime.unit_of_work(presented, Act.DELETE_EXPIRED) as work:
        candidates, expired.held = await _candidates(work)
    for place, case_id in enumerate(candidates, 1):

        async def one(wanted: UUID = case_id) -> _Gone:
            async with runtime.unit_of_work(presented, Act.DELETE_EXPIRED) as work:
                return await _expire_case(work, wanted, run_id, dry_run)

        _add(expired, await persistently(one))
        if progress:
            progress(place, len(candidates))
    async with runtime.unit_of_work(presented, Act.DELETE_EXPIRED) as work:
        expired.log_details, expired.log_keys, expired.log_entries = await _expire_log(work, dry_run)
    return expired


def _add(expired: Expired, gone: _Gone) -> None:
    expired.cases += gone.whole
    expired.rows += gone.rows.total()
    expired.keys += gone.keys.total()
    expired.postponed += gone.postponed
    for retention_class, rows in gone.kept.items():
        expired.kept[retention_class] = expired.kept.get(retention_class, 0) + rows


async def _candidates(work: Work) -> tuple[list[UUID], int]:
    """Return the cases in which something may have expired, and how many of them a hold keeps."""
    shortest = min((rule.years for rule in (await rules_in_force(work)).values()), default=0)
    ended = func.coalesce(Case.closed_at, Case.withdrawn_at) <= later(now(), years=-shortest)
    found = select(Case.id).where(or_(ended, Case.stage_kind == StageKind.DRAFT)).order_by(Case.id)
    held = select(LegalHold.case_id).where(LegalHold.lifted_at.is_(None))
    free = list(await work.session.scalars(found.where(Case.id.not_in(held))))
    kept = await work.session.scalar(select(func.count()).select_from(found.where(Case.id.in_(held)).subquery()))
    work.record(Mode.READ, {Kind.SHELL}, result=f"candidates:{len(free)}")
    return free, kept or 0


async def _expire_case(work: Work, case_id: UUID, run_id: UUID, dry_run: bool) -> _Gone:
    """Delete what has expired of one case, and its shell when nothing is left of it."""
    case = await work.session.get_one(Case, case_id)
    there = await _rows(work, case)
    _log(work, Mode.READ, case, set(there))
    due, gone = await _due(work, case, set(there)), _Gone()
    for scope, rows in there.items():
        if scope not in due:
            gone.kept[scope[1]] += rows
    gone.whole = await _is_over(work, case) and due >= there.keys()
    if not due and not gone.whole:
        return gone
    if dry_run:
        gone.rows = Counter({scope: rows for scope, rows in there.items() if scope in due})
        gone.keys = await _keys(work, case, due)
        return gone
    await _delete(work, case, due, gone)
    await _report(work, run_id, gone)
    _log(work, Mode.WRITE, case, due, result="deleted")
    return gone


def _log(work: Work, mode: Mode, case: Case, scopes: set[RetentionScope], **about: str) -> None:
    """Write a line for each controller, whose classes of retention are the ground (1054/2018 section 19)."""
    for controller_id in sorted({controller_id for controller_id, _ in scopes} | {case.controller_id}):
        classes = sorted(kept for controller, kept in scopes if controller == controller_id)
        work.record(
            mode,
            kinds_of(*client_tables()) | {Kind.SHELL},
            case_id=case.id,
            case_reference=case.reference,
            subjects=[case.id],
            controller_id=controller_id,
            basis=",".join(classes or [NOTHING_LEFT]),
            **about,
        )


async def _rows(work: Work, case: Case) -> Counter[RetentionScope]:
    """Return how many rows there are of each scope of a case."""
    found: Counter[RetentionScope] = Counter()
    for table in client_tables():
        query = select(table.c.controller_id, table.c.retention_class, func.count()).where(table.c.case_id == case.id)
        grouped = query.group_by(table.c.controller_id, table.c.retention_class)
        for controller_id, retention_class, rows in await work.session.execute(grouped):
            found[controller_id, retention_class] += rows
    return found


async def _is_over(work: Work, case: Case) -> bool:
    """Tell whether the case has ended, or is a draft that went nowhere for `draft_days`."""
    if _ended_at(case):
        return True
    days = await parameter_of_day(
        work, (case.pathway, case.pathway_version), "draft_days", case.team_id, case.opened_at
    )
    return case.stage_kind == StageKind.DRAFT and case.opened_at + timedelta(days=days) <= now()


def _ended_at(case: Case) -> datetime | None:
    """Return from when time is counted: the end, or the beginning of a new round that has come to nothing so far.

    Such a round is a draft that holds what the earlier one left: it is not deleted as one that went nowhere.
    """
    return case.closed_at or case.withdrawn_at or (case.round_began_at if case.stage_kind == StageKind.DRAFT else None)


async def _due(work: Work, case: Case, scopes: set[RetentionScope]) -> set[RetentionScope]:
    """Return the scopes whose time is over, and none before the client's own is; all in a draft that went nowhere."""
    ended = _ended_at(case)
    if ended is None:
        return scopes if await _is_over(work, case) else set()
    rules = await rules_in_force(work)
    if not _is_due(rules.get(case.retention_class), ended):
        return set()  # rows of before the client turned out to be a child wait for the rest of the child's record
    return {scope for scope in scopes if _is_due(rules.get(scope[1]), ended)}


def _is_due(rule: RetentionRule | None, ended: datetime) -> bool:
    return rule is not None and rule.counted_from in FROM_THE_END and later(ended, years=rule.years) <= now()


async def _delete(work: Work, case: Case, due: set[RetentionScope], gone: _Gone) -> None:
    """Delete rows, children before parents, then keys; the shell last, when the case is over and nothing is left."""
    if gone.whole:
        tables = tables_of_a_case()
    else:
        tables = client_tables()
        ending = select(Consent.id).where(
            Consent.case_id == case.id, tuple_(Consent.controller_id, Consent.retention_class).in_(sorted(due))
        )
        unlink = update(LawfulBasis).where(LawfulBasis.case_id == case.id, LawfulBasis.consent_id.in_(ending))
        await work.session.execute(unlink.values(consent_id=None), execution_options=_QUIETLY)
    for table in tables:
        await _delete_rows(work, case, table, due, gone)
    gone.whole = gone.whole and not gone.postponed
    await _delete_keys(work, case, due, gone)
    if gone.whole:
        await work.session.execute(delete(Case).where(Case.id == case.id), execution_options=_QUIETLY)


def _of(table: Table, due: set[RetentionScope]) -> ColumnElement[bool]:
    return tuple_(table.c.controller_id, table.c.retention_class).in_(sorted(due))


async def _delete_rows(work: Work, case: Case, table: Table, due: set[RetentionScope], gone: _Gone) -> None:
    rows = delete(table).where(table.c.case_id == case.id)
    if "retention_class" not in table.c:
        await work.session.execute(rows)  # bases, grants, bars, notices: only with the whole case
        return
    counted = rows.where(_of(table, due)).returning(table.c.controller_id, table.c.retention_class)
    try:
        async with work.attempt():
            found = (await work.session.execute(counted)).all()
    except IntegrityError:  # something that is kept longer names a row: they go together, later
        gone.postponed += 1
        return
    gone.rows.update((controller_id, retention_class) for controller_id, retention_class in found)


async def _delete_keys(work: Work, case: Case, due: set[RetentionScope], gone: _Gone) -> None:
    """Destroy the keys of scopes of which no row is left."""
    emptied = due - set(await _rows(work, case)) if gone.postponed else due
    theirs = delete(WrappedKey).where(WrappedKey.case_id == case.id)
    if not gone.whole:
        theirs = theirs.where(_of_keys(emptied))
    destroyed = theirs.returning(WrappedKey.controller_id, WrappedKey.retention_class)
    for controller_id, retention_class in (await work.session.execute(destroyed, execution_options=_QUIETLY)).all():
        if controller_id is not None:
            gone.keys[controller_id, retention_class] += 1


def _of_keys(scopes: set[RetentionScope]) -> ColumnElement[bool]:
    return tuple_(WrappedKey.controller_id, WrappedKey.retention_class).in_(sorted(scopes))


async def _keys(work: Work, case: Case, due: set[RetentionScope]) -> Counter[RetentionScope]:
    query = select(WrappedKey.controller_id, WrappedKey.retention_class).where(WrappedKey.case_id == case.id)
    rows = await work.session.execute(query.where(_of_keys(due)))
    return Counter((controller_id, retention_class) for controller_id, retention_class in rows if controller_id)


async def _report(work: Work, run_id: UUID, gone: _Gone) -> None:
    """Add the numbers to this run's reports, one per controller and class."""
    moment = now()
    final = to_helsinki(moment).date() + timedelta(days=work.tools.settings.backup_days)
    for scope in sorted(gone.rows.keys() | gone.keys.keys()):
        adding = insert(DeletionReport).values(
            id=uuid7(),
            run_id=run_id,
            at=moment,
            controller_id=scope[0],
            retention_class=scope[1],
            rows=gone.rows[scope],
            keys=gone.keys[scope],
            cases=1,
            final_in_backups_on=final,
        )
        sums = {name: getattr(DeletionReport, name) + adding.excluded[name] for name in ("rows", "keys", "cases")}
        await work.session.execute(
            adding.on_conflict_do_update(index_elements=["run_id", "controller_id", "retention_class"], set_=sums)
        )


async def _expire_log(work: Work, dry_run: bool) -> tuple[int, int, int]:
    """Erase who and what stood in entries of the log that are old enough, their yearly keys, and the oldest entries.

    Entries go only up to a checkpoint that is itself old enough, and leave the hashes of their subtrees: the log and
    every checkpoint still verify. Of the others only salted hashes of what is erased were hashed.
    """
    rule = (await rules_in_force(work)).get(LOG)
    if rule is None:
        work.record(Mode.READ)
        return 0, 0, 0
    limit = later(now(), years=-rule.years)
    old = AuditDetail.entry_id.in_(
        select(AuditEntry.id).where(AuditEntry.at < limit, func.hashed_at(AuditEntry.body) < limit)
    )
    years = (
        func.regexp_like(WrappedKey.retention_class, "^log-[0-9]{4}$"),
        WrappedKey.retention_class < f"log-{limit.year}",
    )
    keys = (WrappedKey.case_id.is_(None), *years)
    prunable = await pruning.prunable_to(work, limit)
    if dry_run:
        work.record(Mode.READ)
        details = await work.session.scalar(select(func.count(AuditDetail.entry_id)).where(old))
        destroyed = await work.session.scalar(select(func.count(WrappedKey.id)).where(*keys))
        return details or 0, destroyed or 0, max(prunable - await pruning.pruned_to(work), 0)
    details_gone = await work.session.execute(
        delete(AuditDetail).where(old).returning(AuditDetail.entry_id), execution_options=_QUIETLY
    )
    keys_gone = await work.session.execute(
        delete(WrappedKey).where(*keys).returning(WrappedKey.id), execution_options=_QUIETLY
    )
    erased, destroyed = len(details_gone.all()), len(keys_gone.all())
    work.record(Mode.WRITE, result=f"log_details_erased:{erased}", basis=LOG)
    pruned = await pruning.prune(work, prunable)
    if pruned:
        work.record(Mode.WRITE, result=f"log_entries_pruned:{pruned}", basis=LOG)
    return erased, destroyed, pruned
