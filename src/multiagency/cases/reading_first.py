"""Single rows of a case: each is asked for once, and those that a page will want all in one statement beforehand."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import BindParameter, Select, Uuid, bindparam, literal_column, select, true
from sqlalchemy.orm import aliased

from multiagency.cases.desk import Desk
from multiagency.kernel.questions import Question

_T = TypeVar("_T")

Rows = Select[*tuple[Any, ...]]
CaseId = BindParameter[UUID]
"""The case in a query that is made once and asked of every case."""
First = Callable[[CaseId], Rows]
"""Says what is wanted of a case: the query whose first row it is. It selects whole rows, or what no row tells.

Single columns would not tell the log whose record they are from. The query depends on nothing but the case.
"""
_CASE: CaseId = bindparam("of_case", type_=Uuid)
_MADE = 500
"""So many queries are kept at most; one for each of `First`, and for what each role wants of each stage together."""


@dataclass(frozen=True, slots=True)
class LookAhead(Question[First]):
    """Asks the rooms which single rows their parts of a case's page will want, of those that its reader may see."""

    desk: Desk


async def first_row(desk: Desk, wanted: First) -> Sequence[Any] | None:
    """Return the first row of a query, asked once until something is changed; None for none."""

    async def ask() -> Sequence[Any] | None:
        return (await desk.work.session.execute(_alone(wanted), {_CASE.key: desk.case.id})).first()

    return await desk.work.memory.once((wanted, desk.case.id), ask)


async def first(desk: Desk, wanted: First) -> Any:
    """Return the first column of the first row, None for none."""
    row = await first_row(desk, wanted)
    return None if row is None else row[0]


async def once(desk: Desk, ask: Callable[[Desk], Awaitable[_T]]) -> _T:
    """Return what `ask` returns about the case, asked once until something is changed."""
    return await desk.work.memory.once((ask, desk.case.id), lambda: ask(desk))


async def look_ahead(desk: Desk, wanted: Iterable[First]) -> None:
    """Ask for several first rows in one statement, so that whoever wants one of them finds it known."""
    asked = [one for one in dict.fromkeys(wanted) if not desk.work.memory.knows((one, desk.case.id))]
    if not asked:
        return
    query, places = _together(tuple(asked))
    row = (await desk.work.session.execute(query, {_CASE.key: desk.case.id})).one()
    for one, place in zip(asked, places, strict=True):
        values = row[place]
        known = None if all(value is None for value in values) else values
        desk.work.memory.keep((one, desk.case.id), known)


@lru_cache(_MADE)
def _alone(wanted: First) -> Rows:
    """Return the query for one first row, made once: to make it costs more than to ask it."""
    return wanted(_CASE).limit(1)


@lru_cache(_MADE)
def _together(asked: tuple[First, ...]) -> tuple[Rows, list[slice]]:
    """Return the query for several first rows, made once, and where in its one row each of them stands."""
    parts = [_part(one(_CASE)) for one in asked]
    joined: Any = select(literal_column("1")).subquery()
    for _, found in parts:
        joined = joined.outerjoin(found, true())
    ends = list(accumulate(len(columns) for columns, _ in parts))
    places = [slice(end - len(columns), end) for end, (columns, _) in zip(ends, parts, strict=True)]
    return select(*[column for columns, _ in parts for column in columns]).select_from(joined), places


def _part(query: Rows) -> tuple[Sequence[Any], Any]:
    """Return what a query selects, as columns of its one row, and that row."""
    found = query.limit(1).subquery()
    return [
        aliased(about["expr"], found) if isinstance(about["expr"], type) else found.c[about["name"]]
        for about in query.column_descriptions
    ], found
