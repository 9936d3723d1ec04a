"""Single rows of a case: each is asked for once, and those that a page will want all in one statement beforehand."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, literal_column, select, true
from sqlalchemy.orm import aliased

from multiagency.cases.desk import Desk
from multiagency.kernel.questions import Question

_T = TypeVar("_T")

Rows = Select[*tuple[Any, ...]]
First = Callable[[Desk], Rows]
"""Says what is wanted of a case: the query whose first row it is. It selects whole rows, or what no row tells.

Single columns would not tell the log whose record they are from.
"""


@dataclass(frozen=True, slots=True)
class LookAhead(Question[First]):
    """Asks the rooms which single rows their parts of a case's page will want, of those that its reader may see."""

    desk: Desk


async def first_row(desk: Desk, wanted: First) -> Sequence[Any] | None:
    """Return the first row of a query, asked once until something is changed; None for none."""

    async def ask() -> Sequence[Any] | None:
        return (await desk.work.session.execute(wanted(desk).limit(1))).first()

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
    parts = [_part(one(desk)) for one in asked]
    query = select(*[column for columns, _ in parts for column in columns])
    joined: Any = select(literal_column("1")).subquery()
    for _, found in parts:
        joined = joined.outerjoin(found, true())
    row = (await desk.work.session.execute(query.select_from(joined))).one()
    place = 0
    for one, (columns, _) in zip(asked, parts, strict=True):
        values = row[place : place + len(columns)]
        place += len(columns)
        known = None if all(value is None for value in values) else values
        desk.work.memory.keep((one, desk.case.id), known)


def _part(query: Rows) -> tuple[Sequence[Any], Any]:
    """Return what a query selects, as columns of its one row, and that row."""
    found = query.limit(1).subquery()
    return [
        aliased(about["expr"], found) if isinstance(about["expr"], type) else found.c[about["name"]]
        for about in query.column_descriptions
    ], found
