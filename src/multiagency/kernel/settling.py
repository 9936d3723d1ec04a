"""From lines to entries: whose data, under which controller, which operation of the police's law; said in one place.

Rooms say what was done to which case. What they cannot know is settled here when the transaction closes: the agencies
whose rows were shown or changed (703/2023 section 10: the provider whose data), the operation (1054/2018 section 19),
and that the same thing is not written down twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any
from uuid import UUID

from multiagency.kernel.access import Act, Kind, Operation
from multiagency.kernel.clock import now
from multiagency.kernel.journal import Line, Mode
from multiagency.kernel.places import Place
from multiagency.kernel.policy import RULES
from multiagency.kernel.touched import Touched, Unlogged

NOTHING_FOUND = "nothing_found"
"""The result of a search in client data that showed nobody's."""


@dataclass(frozen=True, slots=True)
class Settling:
    """One transaction about to commit: what it did, what it touched, and the agency that acted."""

    act: Act
    touched: Touched
    agency_id: UUID | None
    result: str = "done"
    """Of readings that no line tells of."""

    def settle(self, lines: Iterable[Line]) -> list[Line]:
        """Return what is to be written. Raises `Unlogged` for a disclosure without recipient or basis."""
        named = [replace(line, subject_id=line.subject_id or line.case_id) if line.kinds else line for line in lines]
        named = _without_nobodys([*named, *self._shown(named)])
        settled = [self._worded(part) for line in named for part in self._by_controller(line)]
        for line in settled:
            _must_be_accountable(line)
        return _together(settled)

    def _shown(self, lines: list[Line]) -> Iterator[Line]:
        """Yield a reading for whomever rows were shown of, case by case, unless a line tells of it already.

        Where a statement asked for a kind and found nothing, that was looked at in the cases laid open; without one, in
        nobody's.
        """
        at = now()
        shown = self._by_subject(lines)
        nothing = self.touched.read - _kinds(lines) - {kind for kinds in shown.values() for kind in kinds}
        for case_id in self.touched.bases if nothing else ():
            shown.setdefault((case_id, case_id), set()).update(nothing)
        for (case_id, subject_id), kinds in shown.items():
            opened = {Kind.SHELL} if case_id in self.touched.cases else set()
            yield Line(self.act, Mode.READ, at, self.result, case_id, None, subject_id, frozenset(kinds | opened))
        if nothing and not self.touched.bases:
            yield Line(self.act, Mode.READ, at, self.result, kinds=frozenset(nothing))

    def _by_subject(self, lines: list[Line]) -> dict[tuple[UUID, UUID], set[Kind]]:
        """Return of which kinds rows were shown, by case and by whom they are about: a party, or else the client."""
        told = {(line.case_id, line.subject_id, kind) for line in lines for kind in line.kinds}
        found: dict[tuple[UUID, UUID], set[Kind]] = {}
        for place in sorted(self.touched.seen, key=lambda place: place.row_id):
            subject = place.row_id if place.kind is Kind.PARTY else place.case_id
            if told.isdisjoint({(place.case_id, who, place.kind) for who in (subject, place.case_id)}):
                found.setdefault((place.case_id, subject), set()).add(place.kind)
        return found

    def _by_controller(self, line: Line) -> Iterator[Line]:
        """Yield the line once for each controller whose rows it speaks of, with the kinds that are theirs."""
        known = self.touched.cases.get(line.case_id) if line.case_id else None
        reference = line.case_reference or (known[0] if known else None)
        basis = line.basis or (self.touched.bases.get(line.case_id) if line.case_id else None)
        if not line.kinds or line.controller_id:
            yield replace(line, case_reference=reference, basis=basis)
            return
        home = known[1] if known else self._any_controller(line)
        shares: dict[UUID | None, set[Kind]] = {}
        for kind in sorted(line.kinds - self._only_opened(line)):
            controllers: set[UUID | None] = {*self._controllers(line, kind)}
            for controller in controllers or {home}:
                shares.setdefault(controller, set()).add(kind)
        first = home if home in shares else next(iter(shares))
        shares[first] |= self._only_opened(line)
        for controller, kinds in shares.items():
            yield replace(line, case_reference=reference, basis=basis, controller_id=controller, kinds=frozenset(kinds))

    def _only_opened(self, line: Line) -> frozenset[Kind]:
        """The shell, where another kind was changed and the shell was not: it was opened on the way."""
        opened = line.mode is not Mode.READ and len(line.kinds) > 1 and Kind.SHELL not in self.touched.written
        return frozenset({Kind.SHELL}) & line.kinds if opened else frozenset()

    def _controllers(self, line: Line, kind: Kind) -> set[UUID]:
        changed = _of(self.touched.changed, line, kind) if line.mode is Mode.WRITE else set()
        return changed or _of(self.touched.seen | self.touched.changed, line, kind)

    def _any_controller(self, line: Line) -> UUID | None:
        """Whose the case's rows are where its shell is out of sight: an action's owner sees no more than the action."""
        places = self.touched.seen | self.touched.changed
        theirs = {place.controller_id for place in places if place.case_id == line.case_id}
        return min(theirs, default=self.agency_id if line.case_id else None)

    def _worded(self, line: Line) -> Line:
        """Add the operation, and to a reading of another agency's data that the reader's agency was given it."""
        given = line.recipient_id
        if line.mode is Mode.READ and line.controller_id not in {None, self.agency_id}:
            given = given or self.agency_id
        return replace(line, operation=self._operation(line), recipient_id=given)

    def _operation(self, line: Line) -> Operation:
        """The one place where an entry gets its word of 1054/2018 section 19."""
        rule = RULES[line.act]
        if line.mode is Mode.WRITE and rule.writes is Operation.ERASURE:
            return Operation.ERASURE
        if not line.kinds or line.mode is Mode.DENY:
            return Operation.NONE
        if line.mode is Mode.DISCLOSE:
            return Operation.DISCLOSURE
        return rule.reads if line.mode is Mode.READ else rule.writes or self._change(line, rule.gives)

    def _change(self, line: Line, gives: Operation | None) -> Operation:
        done = {operation for operation, kind in self.touched.done if kind in line.kinds - self._only_opened(line)}
        if gives is Operation.TRANSFER and line.recipient_id and Operation.COLLECTION not in done:
            return gives
        if gives is Operation.DISCLOSURE and line.recipient_id not in {None, line.controller_id}:
            return gives
        strongest = (Operation.ERASURE, Operation.ALTERATION, Operation.COLLECTION)
        return next((operation for operation in strongest if operation in done), Operation.ALTERATION)


def _kinds(lines: Iterable[Line]) -> set[Kind]:
    return {kind for line in lines for kind in line.kinds}


def _of(places: set[Place], line: Line, kind: Kind) -> set[UUID]:
    """The controllers of rows of this kind: of the subject's own rows where there are any, else of all in the case."""
    found = [place for place in places if place.case_id == line.case_id and place.kind is kind]
    own = {place.controller_id for place in found if place.row_id == line.subject_id}
    return own or {place.controller_id for place in found}


def _without_nobodys(lines: list[Line]) -> list[Line]:
    """Take the kinds from lines that name nobody's data, and the line itself where others tell what was found."""
    about_somebody = any(line.kinds and line.subject_id for line in lines)
    kept = []
    for line in lines:
        if not line.kinds or line.subject_id:
            kept.append(line)
        elif line.mode is not Mode.READ or not about_somebody:
            result = NOTHING_FOUND if line.mode is Mode.READ and line.result == "done" else line.result
            kept.append(replace(line, kinds=frozenset(), result=result))
    return kept


def _must_be_accountable(line: Line) -> None:
    if line.mode is Mode.DISCLOSE and not ((line.recipient_id or line.recipient_name) and line.basis):
        raise Unlogged(f"a disclosure without recipient or basis: {line.act}")


_BUT_KINDS_AND_TIME = attrgetter(*(one.name for one in fields(Line) if one.name not in {"kinds", "at"}))


def _together(lines: list[Line]) -> list[Line]:
    """Put lines together that differ in kinds and time only: one entry says it, at the first of the times."""
    found: dict[tuple[Any, ...], Line] = {}
    for line in lines:
        alike = _BUT_KINDS_AND_TIME(line)
        there = found.get(alike)
        found[alike] = replace(there, kinds=there.kinds | line.kinds) if there else line
    return list(found.values())
