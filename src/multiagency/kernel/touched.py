"""What the statements of one transaction touched: kinds of client data, and whose rows they were."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Delete, Insert, Table, TextClause, Update, event
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.util import find_tables
from sqlalchemy.sql.visitors import iterate

from multiagency.kernel.access import Kind, Operation
from multiagency.kernel.database import CLIENT_FUNCTIONS
from multiagency.kernel.journal import Line, Mode
from multiagency.kernel.places import Place, placed

_OPERATIONS = ((Insert, Operation.COLLECTION), (Update, Operation.ALTERATION), (Delete, Operation.ERASURE))


class Unlogged(Exception):
    """Client data was touched without a line in the journal: a fault in the service, and never committed."""


@dataclass(slots=True)
class Touched:
    """The kinds of client data that statements have read and changed, and the rows that the session has seen.

    `cases` holds reference and controller of every case that was loaded or made, `bases` on what the actor sees a
    case: lines that do not say so rest on that.
    """

    read: set[Kind] = field(default_factory=set)
    done: set[tuple[Operation, Kind]] = field(default_factory=set)
    seen: set[Place] = field(default_factory=set)
    changed: set[Place] = field(default_factory=set)
    cases: dict[UUID, tuple[str, UUID]] = field(default_factory=dict)
    bases: dict[UUID, str] = field(default_factory=dict)

    @property
    def anything(self) -> bool:
        """Whether any client data was asked for, shown or changed."""
        return bool(self.read or self.done or self.seen)

    @property
    def written(self) -> set[Kind]:
        """The kinds that statements have added, altered or deleted."""
        return {kind for _, kind in self.done}

    def note(self, statement: Any) -> None:
        """Add the tables of one statement. Raises `Unlogged` for textual SQL, whose tables cannot be known."""
        if isinstance(statement, TextClause):
            raise Unlogged("textual SQL inside a unit of work")
        places = {"include_joins": True, "include_selects": True, "include_crud": True}
        tables = [table for table in find_tables(statement, **places) if isinstance(table, Table)]
        kinds = {table.info["client_data"] for table in tables if "client_data" in table.info}
        changes = [operation for form, operation in _OPERATIONS if isinstance(statement, form)]
        self.done.update((operation, kind) for operation in changes for kind in kinds)
        if not changes:
            self.read.update(kinds, *_asked_of_functions(statement))

    def check(self, lines: Iterable[Line]) -> None:
        """Raise `Unlogged` unless every kind that was changed stands on a line that says so."""
        missing = self.written - {kind for line in lines if line.mode is Mode.WRITE for kind in line.kinds}
        if missing:
            raise Unlogged(f"no journal line covers: {', '.join(sorted(missing))}")

    def follow(self, session: Session) -> None:
        """Note from now on every row of client data that this session shows, adds, changes or deletes."""
        event.listen(session, "loaded_as_persistent", lambda _, row: self._add(row, self.seen))
        event.listen(session, "do_orm_execute", lambda state: placed(state, self._see))
        event.listen(session, "after_flush", lambda flushed, _: self._add_all(flushed))

    def before(self) -> Self:
        """Return what has been changed so far, for `undo`."""
        kept = copy(self)
        kept.done, kept.changed = set(self.done), set(self.changed)
        return kept

    def undo(self, kept: Self) -> None:
        """Forget the changes since then: they were rolled back. What was read was read all the same."""
        self.done, self.changed = kept.done, kept.changed

    def _see(self, place: Place) -> None:
        self.seen.add(place)
        if place.reference is not None:
            self.cases[place.case_id] = place.reference, place.controller_id

    def _add_all(self, flushed: Session) -> None:
        for row in (*flushed.new, *flushed.dirty, *flushed.deleted):
            self._add(row, self.changed)

    def _add(self, row: Any, places: set[Place]) -> None:
        kind, about = row.__table__.info.get("client_data"), row.__dict__
        if kind is None or "controller_id" not in about:  # expired when a savepoint was rolled back: seen before
            return
        if "case_id" not in row.__table__.c:
            self.cases[about["id"]] = about["reference"], about["controller_id"]
        places.add(Place(about.get("case_id", about["id"]), kind, about["controller_id"], about["id"]))


def _asked_of_functions(statement: Any) -> Iterable[frozenset[Kind]]:
    return (
        CLIENT_FUNCTIONS[element.name]
        for element in iterate(statement)
        if isinstance(element, FunctionElement) and getattr(element, "name", None) in CLIENT_FUNCTIONS
    )
