"""Somebody went through many cases in a short time."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from multiagency.audit.models import AuditDetail, plausible
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.oversight.filters import by_staff
from multiagency.oversight.patterns.hits import LIMIT, Hit
from multiagency.oversight.patterns.thresholds import threshold

CODE = "many_cases"
_LISTS = (Act.LIST_CASES, Act.SEE_MATCHES)
"""One look at these names many cases at once."""


async def find(work: Work, since: datetime) -> list[Hit]:
    """Return who acted on so many cases within so many minutes; windows that touch are one hit."""
    number = await threshold(work, "many_cases_number")
    minutes = timedelta(minutes=await threshold(work, "many_cases_minutes"))
    hits = [
        hit
        for _, rows in groupby(await _first_of_each_minute(work, since), key=lambda row: row.person_id)
        for hit in _windows(list(rows), number, minutes)
    ]
    return sorted(hits, key=lambda hit: hit.last, reverse=True)[:LIMIT]


async def _first_of_each_minute(work: Work, since: datetime) -> Iterable[Row[Any]]:
    """One entry for each person, case and minute, in order of person and time."""
    row = AuditDetail
    minute = func.date_trunc("minute", row.at)
    query = (
        select(
            row.person_id,
            row.case_id,
            func.min(row.at).label("at"),
            func.array_agg(aggregate_order_by(row.entry_id, row.entry_id))[1].label("entry_id"),
        )
        .where(row.at >= since, plausible(row.at), row.person_id.is_not(None), row.case_id.is_not(None))
        .where(row.act.not_in(_LISTS), by_staff())
        .group_by(row.person_id, row.case_id, minute)
        .order_by(row.person_id, func.min(row.at))
    )
    return (await work.session.execute(query)).all()


def _windows(rows: list[Row[Any]], number: int, length: timedelta) -> Iterator[Hit]:
    """Yield the stretches of one person's rows in which every window of this length holds so many cases."""
    stretches: list[tuple[int, int]] = []
    start = 0
    for end, row in enumerate(rows):
        while row.at - rows[start].at > length:
            start += 1
        if len({other.case_id for other in rows[start : end + 1]}) < number:
            continue
        joins = bool(stretches) and start <= stretches[-1][1]
        stretches.append((stretches.pop()[0] if joins else start, end))
    for start, end in stretches:
        yield _hit(rows[start : end + 1])


def _hit(rows: list[Row[Any]]) -> Hit:
    entries: tuple[UUID, ...] = tuple(row.entry_id for row in rows)
    return Hit(CODE, rows[0].person_id, entries, rows[0].at, rows[-1].at)
