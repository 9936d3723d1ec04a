"""Where rows of client data belong, also when a statement asks for single columns of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Alias, ClauseElement, ColumnElement, Select, Table, inspect, null
from sqlalchemy.engine import IteratorResult, Result
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.orm import ORMExecuteState, QueryableAttribute
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import iterate

from multiagency.kernel.access import Kind

_AGGREGATES = frozenset({"count", "max", "min", "sum", "avg", "array_agg", "string_agg", "bool_or", "bool_and"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where one row of client data belongs: the case, the kind, and the agency whose record it is.

    `reference` is known where the row is the case itself.
    """

    case_id: UUID
    kind: Kind
    controller_id: UUID
    row_id: UUID
    reference: str | None = field(default=None, compare=False)


def placed(state: ORMExecuteState, see: Callable[[Place], None]) -> Result[Any] | None:
    """Run a statement that selects columns of client rows with their places beside them, and take these off again.

    Whole rows are seen when they are loaded. What is counted or grouped shows no row: then None, and the statement runs
    as it stands.
    """
    statement = state.statement
    if not isinstance(statement, Select):
        return None
    if statement not in _BESIDE:
        _BESIDE[statement] = _Beside.of(statement)
    beside = _BESIDE[statement]
    if beside is None:
        return None
    result, width = state.invoke_statement(statement=beside.statement), beside.width
    keys, rows = list(result.keys())[:width], result.all()
    for row in rows:
        about = row[width:]
        for number, kind in enumerate(beside.kinds):
            _see_one(see, kind, *about[4 * number : 4 * number + 4])
    return IteratorResult(SimpleResultMetaData(keys), iter([tuple(row[:width]) for row in rows]))


@dataclass(frozen=True, slots=True)
class _Beside:
    """A statement with the places beside its own columns, how many these are, and the kind of each place."""

    statement: Select[*tuple[Any, ...]]
    width: int
    kinds: tuple[Kind, ...]

    @classmethod
    def of(cls, statement: Select[*tuple[Any, ...]]) -> "_Beside | None":
        """Return what is to be run instead; None for a statement that runs as it stands."""
        described = statement.column_descriptions
        entities = _of_columns(described)
        if not entities or _sums_up(statement, described):
            return None
        columns = [one for entity in entities for one in _columns(entity)]
        kinds = tuple(_table(entity).info["client_data"] for entity in entities)
        return cls(statement.add_columns(*columns), len(described), kinds)


_BESIDE: WeakKeyDictionary[Select[*tuple[Any, ...]], _Beside | None] = WeakKeyDictionary()
"""Of each statement that still exists: one that is made once is looked through once."""


def _see_one(see: Callable[[Place], None], kind: Kind, row_id: UUID | None, *about: Any) -> None:
    if row_id is not None:  # otherwise the empty side of an outer join
        case_id, controller_id, reference = about
        see(Place(case_id, kind, controller_id, row_id, reference))


def _sums_up(statement: Select[Any], described: Sequence[Any]) -> bool:
    """Tell whether a row of the answer stands for several rows of a table."""
    made = [about["expr"] for about in described if not isinstance(about["expr"], QueryableAttribute | type)]
    parts = (part for expr in made if isinstance(expr, ClauseElement) for part in iterate(expr))
    counted = any(isinstance(part, FunctionElement) and getattr(part, "name", None) in _AGGREGATES for part in parts)
    return bool(counted or statement._group_by_clauses or statement._distinct)


def _of_columns(described: Sequence[Any]) -> list[Any]:
    """Return the classes or tables of client data of which single columns are selected, and not the whole row."""
    whole = [about["entity"] for about in described if about.get("entity") is about["expr"]]
    parts = [_owner(about["expr"], about.get("entity")) for about in described]
    return [one for one in dict.fromkeys(parts) if one is not None and one not in whole and _has_place(one)]


def _owner(expr: Any, entity: Any) -> Any:
    if isinstance(expr, QueryableAttribute):
        return entity
    return expr.table if isinstance(expr, ColumnElement) and _is_table(getattr(expr, "table", None)) else None


def _is_table(selected: Any) -> bool:
    return isinstance(selected, Table) or (isinstance(selected, Alias) and isinstance(selected.element, Table))


def _table(owner: Any) -> Any:
    if _is_table(owner):
        return owner.element if isinstance(owner, Alias) else owner
    return inspect(owner).mapper.local_table


def _has_place(owner: Any) -> bool:
    """Tell whether each row says whose record it is; what hangs on a row that does is seen with that one."""
    table = _table(owner)
    return "client_data" in table.info and "controller_id" in table.c


def _columns(owner: Any) -> tuple[Any, Any, Any, Any]:
    """Return row, case, controller and reference as columns; only the case itself has a reference to be noted."""
    at, table = owner.c if _is_table(owner) else owner, _table(owner)
    if "case_id" in table.c:
        return at.id, at.case_id, at.controller_id, null()
    return at.id, at.id, at.controller_id, at.reference if table.info["client_data"] is Kind.SHELL else null()
