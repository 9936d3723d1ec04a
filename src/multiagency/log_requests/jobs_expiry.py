"""Expiry: a closed request, its answer and its key go when the rule for correspondence says so (703/2023 annex)."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import later, now, to_helsinki
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.vault import WrappedKey
from multiagency.kernel.work import Work
from multiagency.log_requests.models import (
    RETENTION,
    LogRequest,
    LogRequestAnswer,
    LogRequestAttachment,
    LogRequestClarification,
    LogRequestDecision,
    LogRequestDelivery,
)
from multiagency.log_requests.sealing import key_class
from multiagency.storage.models import DeletionReport
from multiagency.storage.records import persistently
from multiagency.storage.service_rules import rules_in_force

_CHILDREN: tuple[Any, ...] = (
    LogRequestDelivery,
    LogRequestClarification,
    LogRequestAnswer,
    LogRequestDecision,
    LogRequestAttachment,
)
_QUIETLY = {"synchronize_session": False}


@dataclass(slots=True)
class ExpiredRequests:
    """How many requests were deleted with everything about them, or would be."""

    requests: int = 0


async def expire_requests(runtime: Runtime, presented: Presented, *, dry_run: bool = False) -> ExpiredRequests:
    """Delete every request whose time is over, one unit of work each; with `dry_run` only count them."""
    async with runtime.unit_of_work(presented, Act.DELETE_EXPIRED) as work:
        due = await _due(work)
    rows: Counter[UUID] = Counter()
    for request_id, controller_id in () if dry_run else due:

        async def one(request_id: UUID = request_id, controller_id: UUID = controller_id) -> int:
            async with runtime.unit_of_work(presented, Act.DELETE_EXPIRED) as work:
                return await _delete(work, request_id, controller_id)

        rows[controller_id] += await persistently(one)
    if rows:
        async with runtime.unit_of_work(presented, Act.DELETE_EXPIRED) as work:
            _report(work, rows, Counter(controller_id for _, controller_id in due))
    return ExpiredRequests(len(due))


async def _due(work: Work) -> list[tuple[UUID, UUID]]:
    work.record(Mode.READ, {Kind.IDENTITY})
    rule = (await rules_in_force(work)).get(RETENTION)
    if rule is None:
        return []
    over = select(LogRequest.id, LogRequest.controller_id).where(
        LogRequest.retention_class == RETENTION, LogRequest.closed_at <= later(now(), years=-rule.years)
    )
    return [(request_id, controller_id) for request_id, controller_id in await work.session.execute(over)]


async def _delete(work: Work, request_id: UUID, controller_id: UUID) -> int:
    """Delete a request, children first and its key last; return how many rows went."""
    rows = 0
    for child in _CHILDREN:
        theirs = delete(child).where(child.request_id == request_id).returning(child.id)
        rows += len((await work.session.execute(theirs, execution_options=_QUIETLY)).all())
    for gone in (
        delete(LogRequest).where(LogRequest.id == request_id),
        delete(WrappedKey).where(WrappedKey.retention_class == key_class(request_id)),
    ):
        await work.session.execute(gone, execution_options=_QUIETLY)
    kinds, about = {Kind.IDENTITY, Kind.DISCLOSURE}, {"case_id": request_id, "result": "deleted"}
    work.record(Mode.WRITE, kinds, subjects=[request_id], controller_id=controller_id, **about)
    return rows + 1


def _report(work: Work, rows: Counter[UUID], keys: Counter[UUID]) -> None:
    """Report the numbers, as for cases; a request is none, and has one key."""
    run_id, moment = uuid7(), now()
    final = to_helsinki(moment).date() + timedelta(days=work.tools.settings.backup_days)
    for controller_id, count in rows.items():
        work.session.add(
            DeletionReport(
                id=uuid7(),
                run_id=run_id,
                at=moment,
                controller_id=controller_id,
                retention_class=RETENTION,
                rows=count,
                keys=keys[controller_id],
                cases=0,
                final_in_backups_on=final,
            )
        )
    work.record(Mode.WRITE)
