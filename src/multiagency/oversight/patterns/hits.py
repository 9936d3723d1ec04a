"""What every rule answers with, and the question that most of them ask: which entries belong together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from multiagency.audit.models import AuditDetail, plausible
from multiagency.kernel.work import Work

LIMIT = 100
"""Hits of one rule at a time, the newest first."""


@dataclass(frozen=True, slots=True)
class Hit:
    """What fits a rule: `entries` made it, the oldest first, all by one person."""

    rule: str
    person: UUID
    entries: tuple[UUID, ...]
    first: datetime
    last: datetime


async def grouped(
    work: Work, rule: str, since: datetime, least: int, *conditions: ColumnElement[bool], by: Any = ()
) -> list[Hit]:
    """Return a hit for each person (and each value of `by`) with at least so many entries that fit."""
    row = AuditDetail
    query = (
        select(
            row.person_id,
            func.array_agg(aggregate_order_by(row.entry_id, row.entry_id)),
            func.min(row.at),
            func.max(row.at),
        )
        .where(row.at >= since, plausible(row.at), row.person_id.is_not(None), *conditions)
        .group_by(row.person_id, *by)
        .having(func.count() >= least)
        .order_by(func.max(row.at).desc())
        .limit(LIMIT)
    )
    return [
        Hit(rule, person, tuple(entries), first, last)
        for person, entries, first, last in (await work.session.execute(query)).all()
        if person and first and last
    ]
