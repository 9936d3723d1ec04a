"""What the statements of one transaction touched: kinds of client data, and whose rows they were."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Delete, Insert, Table, TextClause, Update, event
from sqlalchemy.engine import Compiled, Result
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.util import find_tables
from sqlalchemy.sql.visitors import iterate

from multiagency.kernel.access import Kind, Operation
from multiagency.kernel.database import CHANGING_FUNCTIONS, CLIENT_FUNCTIONS
from multiagency.kernel.journal import Line, Mode
from multiagency.kernel.places import Place, placed

_OPERATIONS = ((Insert, Operation.COLLECTION), (Update, Operation.ALTERATION), (Delete, Operation.ERASURE))


class Unlogged(Exception):
    """Client data was touched without a line in the journal: a fault in the service, and never committed."""


@dataclass(slots=True)
class Touched:
    """The kinds of client data that statements have read and changed, and the rows that the session has seen.

    `cases` holds reference and controller of every case that was loaded or made, `bases` on what the actor sees a
    case: lines that do not say so rest on that; `made` are the cases that did not exist before. `changes` counts
    statements that may have changed something, `calls` those among them that called a function.
    """

    read: set[Kind] = field(default_factory=set)
    done: set[tuple[Operation, Kind]] = field(default_factory=set)
    seen: set[Place] = field(default_factory=set)
    changed: set[Place] = field(default_factory=set)
    cases: dict[UUID, tuple[str, UUID]] = field(default_factory=dict)
    bases: dict[UUID, str] = field(default_factory=dict)
    made: set[UUID] = field(default_factory=set)
    changes: int = 0
    calls: int = 0

    @property
    def anything(self) -> bool:
        """Whether any client data was asked for, shown or changed."""
        return bool(self.read or self.done or self.seen)

    @property
    def written(self) -> set[Kind]:
        """The kinds that statements have added, altered or deleted."""
        return {kind for _, kind in self.done}

    def note(self, statement: Any, compiled: Compiled | None = None, *, counted: bool = False) -> None:
        """Add the tables of one statement. Raises `Unlogged` for textual SQL, whose tables cannot be known.

        What is `counted` only is read of nobody.

        `compiled` is what SQLAlchemy keeps of it for statements that differ in their values only: all of them name the
        same tables and functions, and are looked through once.
        """
        if statement is None or isinstance(statement, TextClause):
            raise Unlogged("textual SQL inside a unit of work")
        known = _PARTS.get(compiled) if compiled is not None else None
        if known is None:
            known = _Parts.of(statement)
            if compiled is not None:
                _PARTS[compiled] = known
        kinds = {table.info["client_data"] for table in known.tables if "client_data" in table.info}
        self.done.update((operation, kind) for operation in known.changes for kind in kinds)
        called = bool(known.functions & CHANGING_FUNCTIONS)
        self.changes, self.calls = self.changes + (called or bool(known.changes)), self.calls + called
        if not known.changes and not counted:
            asked = (CLIENT_FUNCTIONS[name] for name in known.functions if name in CLIENT_FUNCTIONS)
            self.read.update(kinds, *asked)

    def check(self, lines: Iterable[Line]) -> None:
        """Raise `Unlogged` unless every kind that was changed stands on a line that says so."""
        missing = self.written - {kind for line in lines if line.mode is Mode.WRITE for kind in line.kinds}
        if missing:
            raise Unlogged(f"no journal line covers: {', '.join(sorted(missing))}")

    def before(self) -> Self:
        """Return what has been changed so far, for `undo`."""
        kept = copy(self)
        kept.done, kept.changed = set(self.done), set(self.changed)
        kept.read, kept.made = set(self.read), set(self.made)
        return kept

    def undo(self, kept: Self) -> None:
        """Forget the changes since then: they were rolled back. What was read was read all the same.

        Nothing was read of a case that was made since: it never was.
        """
        self.done, self.changed = kept.done, kept.changed
        if never := self.made - kept.made:
            self.made, self.seen = kept.made, {place for place in self.seen if place.case_id not in never}
            self.read = kept.read | {place.kind for place in self.seen}
            for case_id in never:
                self.cases.pop(case_id, None)
                self.bases.pop(case_id, None)
        self.changes, self.calls = self.changes + 1, self.calls + 1

    def _see(self, place: Place) -> None:
        self.seen.add(place)
        if place.reference is not None:
            self.cases[place.case_id] = place.reference, place.controller_id

    def _add_all(self, flushed: Session) -> None:
        self.made |= {row.id for row in flushed.new if _is_case(row)}
        for row in (*flushed.new, *flushed.dirty, *flushed.deleted):
            self._add(row, self.changed)

    def _add(self, row: Any, places: set[Place]) -> None:
        kind, about = row.__table__.info.get("client_data"), row.__dict__
        if kind is None or "controller_id" not in about:  # expired when a savepoint was rolled back: seen before
            return
        if _is_case(row):
            self.cases[about["id"]] = about["reference"], about["controller_id"]
        places.add(Place(about.get("case_id", about["id"]), kind, about["controller_id"], about["id"]))


class Watched(Session):
    """A session that notes every row of client data that it shows, adds, changes or deletes in `info["touched"]`."""


def _is_case(row: Any) -> bool:
    return "client_data" in row.__table__.info and "case_id" not in row.__table__.c


def _of_session(session: Session) -> Touched:
    found: Touched = session.info["touched"]
    return found


@event.listens_for(Watched, "loaded_as_persistent")
def _loaded(session: Session, row: Any) -> None:
    touched = _of_session(session)
    touched._add(row, touched.seen)


@event.listens_for(Watched, "do_orm_execute")
def _executed(state: ORMExecuteState) -> Result[Any] | None:
    return placed(state, _of_session(state.session)._see)


@event.listens_for(Watched, "after_flush")
def _flushed(session: Session, _: UOWTransaction) -> None:
    _of_session(session)._add_all(session)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a statement names and does, whatever the values are that it is executed with."""

    tables: tuple[Table, ...]
    functions: frozenset[str]
    changes: tuple[Operation, ...]

    @classmethod
    def of(cls, statement: Any) -> Self:
        places = {"include_joins": True, "include_selects": True, "include_crud": True}
        tables = tuple(table for table in find_tables(statement, **places) if isinstance(table, Table))
        called = (element for element in iterate(statement) if isinstance(element, FunctionElement))
        functions = frozenset(str(name) for element in called if (name := getattr(element, "name", None)))
        return cls(tables, functions, tuple(done for form, done in _OPERATIONS if isinstance(statement, form)))


_PARTS: WeakKeyDictionary[Compiled, _Parts] = WeakKeyDictionary()
