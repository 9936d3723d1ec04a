"""The database as SQLAlchemy sees it: base class, column types, and the engine of each door."""

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    ForeignKey,
    Insert,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    and_,
    bindparam,
    event,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.ids import uuid7

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table; text is `text`, every moment carries its zone."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {str: Text(), datetime: DateTime(timezone=True), list[str]: ARRAY(Text())}


class SealedColumn(TypeDecorator[Sealed]):
    """A column that holds `Sealed` bytes: encrypted by the application, opaque to the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Any) -> bytes | None:
        """Hand the encrypted bytes to the driver."""
        return None if value is None else value.data

    def process_result_value(self, value: bytes | None, dialect: Any) -> Sealed | None:
        """Wrap what the database returned; decrypting is always explicit."""
        return None if value is None else Sealed(value)


def identifier() -> Mapped[UUID]:
    """Return a primary-key column filled by `uuid7`."""
    return mapped_column(primary_key=True, default=uuid7)


class ClientRecord:
    """Mixin of every row about a client: which case, whose record (controller), how long it is kept."""

    if TYPE_CHECKING:
        __tablename__: str

    id: Mapped[UUID] = identifier()
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    retention_class: Mapped[str]


class Versioned(ClientRecord):
    """Mixin of a row that people change: who did so last, and when. Two of them at once are told (decision 0026)."""

    changed_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    changed_at: Mapped[datetime]


def client_data(kind: Kind) -> dict[str, Kind]:
    """Return the `info` that marks a table as client data of this kind."""
    return {"client_data": kind}


COUNTED = {"counted": True}
"""Options of a statement that only counts, or of whose rows each is logged apart (`kernel/waiting.py`)."""

Moment = datetime | ColumnElement[datetime]
"""A moment, or its place in a statement that is made once."""


def not_over(dated: Any, moment: Moment) -> ColumnElement[bool]:
    """Return the condition that what is dated by `valid_to` has not ended at this moment; without one it never does."""
    found: ColumnElement[bool] = or_(dated.valid_to.is_(None), dated.valid_to > moment)
    return found


def holds_at(dated: Any, moment: Moment) -> ColumnElement[bool]:
    """Return the condition that what is dated by `valid_from` and `valid_to` holds at this moment."""
    return and_(dated.valid_from <= moment, not_over(dated, moment))


CLIENT_FUNCTIONS: dict[str, frozenset[Kind]] = {}
"""Functions of the database that look at client data for their caller, and the kinds they look at."""


def client_function(name: str, *kinds: Kind) -> None:
    """Declare that asking this function is reading client data of these kinds."""
    CLIENT_FUNCTIONS[name] = frozenset(kinds)


CHANGING_FUNCTIONS: set[str] = set()
"""Functions of the database that change something for their caller."""


def changing_function(*names: str) -> None:
    """Declare that calling these functions changes something: what was asked before is asked anew."""
    CHANGING_FUNCTIONS.update(names)


def rows_into(model: type[Base]) -> Insert:
    """Return the statement that adds many rows at once, all of the same columns.

    Into the table and not the class: SQLAlchemy sorts the rows of a class by what they leave empty, a statement each.
    """
    return insert(cast("Table", model.__table__))


def lists_into(model: type[Base]) -> Insert:
    """Return the statement that adds many rows as one, from a list for each column, named as the column is.

    Policies, triggers and checks that look at a statement look once; `rows_into` is a statement for each row to them.
    """
    table = cast("Table", model.__table__)
    lists = [bindparam(column.name, type_=ARRAY(column.type)) for column in table.c]
    given = func.unnest(*lists).table_valued(*[column.name for column in table.c]).render_derived()
    return insert(table).from_select([column.name for column in table.c], select(given))


TRUSTED = 5.0
"""Seconds for which a connection that has just served is taken to serve still, unless it is known to be closed."""


def make_engine(url: str, pool_size: int) -> AsyncEngine:
    """Return an engine on which every transaction is REPEATABLE READ: a page shows a case before or after a change.

    No connection is given out that the server has closed, nor one long unused without asking whether it still answers.
    """
    engine = create_async_engine(
        url,
        isolation_level="REPEATABLE READ",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,
    )
    _look_before_use(engine)
    return engine


def _look_before_use(engine: AsyncEngine) -> None:
    """Let the pool replace connections that are gone, with all that are as old.

    SQLAlchemy's `pool_pre_ping` asks each time, in a transaction of its own: three trips to the database before every
    request.
    """
    dialect, pool = engine.sync_engine.dialect, engine.sync_engine.pool

    def left(_: Any, record: ConnectionPoolEntry) -> None:
        record.info["left"] = time.monotonic()

    def taken(connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        since = record.info.pop("left", None)
        if since is not None and time.monotonic() - since > TRUSTED:
            try:
                dialect.do_ping(connection)
            except dialect.loaded_dbapi.Error as error:
                raise InvalidatePoolError from error

    event.listen(pool, "checkin", left)
    event.listen(pool, "checkout", taken)
