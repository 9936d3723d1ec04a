"""Long lists a portion at a time: nobody is shown, and nothing is logged as shown, beyond the portion asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Select, literal_column

from multiagency.kernel.work import Work

SHOWN = 50
"""So many rows stay under 30 kB on a page."""

_T = TypeVar("_T")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class Portion(Generic[_T]):
    """Some rows of a list: those after the first `start`. `more` tells that others follow."""

    rows: Sequence[_T]
    start: int = 0
    more: bool = False

    @property
    def next(self) -> int | None:
        """Where the next portion starts; None after the last."""
        return self.start + len(self.rows) if self.more else None

    def of(self, values: Sequence[_V]) -> "Portion[_V]":
        """Return the same portion as other values, one for each row."""
        return Portion(values, self.start, self.more)


async def portion(
    work: Work,
    query: Select[*tuple[Any, ...]],
    start: int = 0,
    shown: int = SHOWN,
    values: Mapping[str, Any] | None = None,
) -> Portion[Row[*tuple[Any, ...]]]:
    """Return one portion of a query, with `values` for its parameters.

    Whether others follow is asked apart: a row that is not shown is not loaded.
    """
    rows = (await work.session.execute(query.offset(start).limit(shown), values)).all()
    more = len(rows) == shown and await _follows(work, query, start + shown, values)
    return Portion(rows, start, more)


async def _follows(work: Work, query: Select[*tuple[Any, ...]], start: int, values: Mapping[str, Any] | None) -> bool:
    another: Select[*tuple[Any, ...]] = query.with_only_columns(
        literal_column("1"), maintain_column_froms=True
    ).order_by(None)
    return await work.session.scalar(another.offset(start).limit(1), values) is not None
