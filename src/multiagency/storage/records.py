"""The tables of client data, found by their columns: a table of any room is covered without being named here."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import ColumnElement, LargeBinary, Table, func
from sqlalchemy.exc import DBAPIError

from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import KEY_ID
from multiagency.kernel.database import Base, SealedColumn

_DoneT = TypeVar("_DoneT")

_MARKS = {"case_id", "controller_id", "retention_class"}
_KEPT = {"audit_detail", "data_key"}
_OTHER_WAS_FIRST = frozenset({"40001", "40P01"})
_TIMES = 20


def client_tables() -> list[Table]:
    """Return the tables of client records, children before their parents."""
    return [table for table in _children_first() if set(table.c.keys()) >= _MARKS and table.info.get("client_data")]


def tables_of_a_case() -> list[Table]:
    """Return every table with rows of a case but log and keys, children before their parents."""
    return [table for table in _children_first() if "case_id" in table.c and table.name not in _KEPT]


def sealed_columns(table: Table) -> list[str]:
    """Return the names of the columns that hold sealed values."""
    return [column.name for column in table.c if isinstance(column.type, SealedColumn)]


def key_id_of(table: Table, column: str) -> ColumnElement[bytes]:
    """Return the expression for the id (16 bytes) of the data key that a sealed value names."""
    return func.substring(table.c[column], KEY_ID.start + 1, KEY_ID.stop - KEY_ID.start, type_=LargeBinary)


def kinds_of(*tables: Table) -> set[Kind]:
    """Return the kinds of client data in these tables, for the journal."""
    return {table.info["client_data"] for table in tables if "client_data" in table.info}


async def persistently(doing: Callable[[], Awaitable[_DoneT]]) -> _DoneT:
    """Do a unit of work again while somebody else was first: people go on working during maintenance."""
    for _ in range(_TIMES - 1):
        try:
            return await doing()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _OTHER_WAS_FIRST:
                raise
    return await doing()


def _children_first() -> list[Table]:
    return list(reversed(Base.metadata.sorted_tables))
