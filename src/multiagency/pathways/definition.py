"""A declared model of work: what one of its versions says, and where its files stand.

A model is a directory named after its code: `<version>.toml` for each version, and the texts of its consents in
`consent/<version>/`. The code of the service knows the kinds below and the conditions of `conditions.py`, and never a
model, a stage or a party's role by name (`docs/pathways.md`).
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from multiagency.kernel.access import Kind
from multiagency.pathways.clocks import Unit


class StageKind(StrEnum):
    """What a stage is to the service, whatever a model calls it."""

    DRAFT = "draft"
    OPEN = "open"
    TABLE = "table"
    FOLLOW_UP = "follow_up"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


OVER = frozenset({StageKind.ENDED, StageKind.WITHDRAWN})
"""Kinds of stages in which a case has ended."""


class PartyRole(StrEnum):
    """What somebody in a case is to the service, whatever a model calls them.

    Whoever the client may be in danger from, a child, a guardian, or another: an agency's staff is never among them.
    """

    FEARED = "person_using_violence"
    CHILD = "child"
    GUARDIAN = "guardian"
    OTHER = "other"


class Declared(BaseModel):
    """Part of a definition: nothing in it is unknown, and nothing of it changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Target(Declared):
    """Whom the model is for.

    `youngest` and `oldest` name parameters: years of age on the opening day, both still within. `reasons` are codes of
    which a case has one or more, `sources` those of where the concern came from, of which it has one; `opened_by` kinds
    of agency whose posts may open a case, anybody's where there are none. `bands` name the parameters from which the
    bands of ages between them begin, the youngest first.
    """

    youngest: str | None = None
    oldest: str | None = None
    reasons: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    opened_by: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()


class AskedParty(Declared):
    """Whom a model asks about beside the client, under the words `party.*` of their role.

    `asked` about as a case is opened, `needed` before it is sent; asked in `rows` to begin with where there may be
    several, else about one; how they stand to the client is one of `relations` (`party.relations.<code>`), or said in
    words.
    """

    role: PartyRole
    asked: bool = True
    needed: bool = False
    several: bool = False
    rows: int = 0
    relations: tuple[str, ...] = ()


class Stage(Declared):
    """A stage of a case. `ends` are the reasons for sight that end with it; the first of a kind is where acts lead.

    With `takes_over` the convening agency has taken the case over: its opener keeps what `opener_keeps` says.
    """

    code: str
    kind: StageKind
    ends: tuple[str, ...] = ()
    takes_over: bool = False


class Need(Declared):
    """A condition of a move, by its name in `conditions.py`, with the parameters and words it asks for."""

    condition: str
    at_least: str | None = None
    values: tuple[str, ...] = ()


def _as_need(value: object) -> object:
    return {"condition": value} if isinstance(value, str) else value


Needs = tuple[Annotated[Need, BeforeValidator(_as_need)], ...]


class Move(Declared):
    """A way from stages to one other; `deviates` tells that it leaves the usual way, and asks for a reason.

    One that is `about_prosecution` is closed while the client is below the age of criminal responsibility (`law.toml`).
    """

    start: tuple[str, ...] = Field(alias="from")
    to: str
    needs: Needs = ()
    deviates: bool = False
    about_prosecution: bool = False

    def asks(self, condition: str) -> bool:
        """Tell whether the move asks for this condition."""
        return any(need.condition == condition for need in self.needs)


class DeclaredOutcome(Declared):
    """How a case may end: in which stage, and which fields it asks for (`target`, `reason`).

    `about_prosecution` as of a move.
    """

    code: str
    stage: str
    needs: tuple[str, ...] = ()
    about_prosecution: bool = False


class DeclaredClock(Declared):
    """Within how long a case is to leave a `stage`: `within` names a parameter, counted in `unit` from the day it came.

    It runs out in front of whoever coordinates the case, and closes nothing.
    """

    code: str
    stage: str
    within: str
    unit: Unit


class Retention(Declared):
    """The class of retention of a record, by whom it is about: how long each is kept says a dated rule."""

    adult: str
    child: str


class Review(Declared):
    """Another model in which the client's case is looked at beside this one, unlinked, while they are under age.

    `younger_than` names a parameter of general law (`law.toml`), years of age on the day.
    """

    model: str
    younger_than: str


def _as_offices(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Table(Declared):
    """Offices that must be at the table, or be secured in another way; and those that may never be there.

    Of several offices that are required together, one is enough.
    """

    required: tuple[Annotated[tuple[str, ...], BeforeValidator(_as_offices)], ...] = ()
    never: tuple[str, ...] = ()


class Pathway(Declared):
    """One version of a declared model of work.

    `instruments` are ids of packs (`docs/instruments.md`). `convening_kinds` is what the consent must give the
    coordinating agency at least: without it nobody can convene. `opener_keeps` is what whoever opened a case goes on
    seeing once it is taken over. `words` are its words in every language: said under `model.<code>.…`. With `feedback`
    whoever closes a case writes some to whoever opened it, who reads it where the client says so. `check_with` says who
    must still confirm it; its words `check` are shown wherever the definition is.
    """

    code: str
    version: str
    valid_from: date
    instruments: tuple[str, ...] = ()
    check_with: str = ""
    consent_purposes: tuple[str, ...]
    shareable_kinds: tuple[Kind, ...]
    convening_kinds: tuple[Kind, ...]
    opener_keeps: tuple[Kind, ...] = ()
    feedback: bool = False
    target: Target = Target()
    parties: tuple[AskedParty, ...] = ()
    table: Table = Table()
    review: Review | None = None
    parameters: dict[str, int]
    retention: Retention
    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]
    outcomes: tuple[DeclaredOutcome, ...] = ()
    clocks: tuple[DeclaredClock, ...] = ()
    words: dict[str, dict[str, Any]] = {}

    @property
    def asked_parties(self) -> tuple[AskedParty, ...]:
        """Whom a new case asks about beside the client, in this order."""
        return tuple(party for party in self.parties if party.asked)

    def ever_asks(self, condition: str) -> bool:
        """Tell whether any move of the model asks for this condition."""
        return any(move.asks(condition) for move in self.moves)

    def number_of(self, condition: str) -> str | None:
        """Return the parameter that a condition is measured by, the first that a move names; None where none does."""
        needs = (need for move in self.moves for need in move.needs)
        return next((need.at_least for need in needs if need.condition == condition), None)

    @cached_property
    def _stages(self) -> Mapping[str, Stage]:
        return {stage.code: stage for stage in self.stages}

    @cached_property
    def _ways(self) -> Mapping[tuple[str, str], Move]:
        return {(start, move.to): move for move in self.moves for start in move.start}

    @property
    def first_stage(self) -> str:
        """The stage in which a case is opened."""
        return self.stages[0].code

    def stage(self, code: str) -> Stage:
        """Return a stage. Raises KeyError for one that the model does not have."""
        return self._stages[code]

    def allows(self, stage: str, to: str) -> bool:
        """Tell whether a case may move from `stage` to `to`."""
        return (stage, to) in self._ways

    def move(self, stage: str, to: str) -> Move:
        """Return the way from `stage` to `to`. Raises KeyError where there is none."""
        return self._ways[stage, to]

    def need(self, stage: str, to: str, condition: str) -> Need | None:
        """Return what this condition asks of a move; None where the move does not ask for it."""
        way = self._ways.get((stage, to))
        return next((need for need in way.needs if need.condition == condition), None) if way else None

    def ways_from(self, stage: str) -> list[Move]:
        """Return the moves that a case in this stage may make, in the order of the file."""
        return [move for move in self.moves if stage in move.start]

    def next_of(self, stage: str, kind: StageKind) -> str | None:
        """Return the first stage of this kind to which a case may go from `stage`; None where there is none."""
        ways = (self.stage(move.to) for move in self.ways_from(stage))
        return next((found.code for found in ways if found.kind == kind), None)


HERE = Path(__file__).parent
directories = [HERE / "definitions"]
"""Where models are read from; another is added at the start of a process."""


def also_from(directory: Path) -> None:
    """Read models from this directory too: one directory each, as beside this module."""
    if directory not in directories:
        directories.append(directory)
        directory_of.cache_clear()


@cache
def directory_of(code: str) -> Path:
    """Return the directory of a model. Raises FileNotFoundError for an unknown one."""
    for place in directories:
        if code and (place / code).is_dir() and Path(code).name == code:
            return place / code
    raise FileNotFoundError(code)


def codes() -> list[str]:
    """Return the codes of all models."""
    found = (path for place in directories for path in place.iterdir())
    return sorted(path.name for path in found if path.is_dir() and not path.name.startswith("."))


@cache
def definition(code: str, version: str) -> Pathway:
    """Return one version of a model. Raises FileNotFoundError for an unknown one."""
    return declared_in(directory_of(code) / f"{version}.toml")


def declared_in(file: Path) -> Pathway:
    """Return the model of work that a file declares, with the numbers of the house that it says nothing about."""
    declared = tomllib.loads(file.read_text("utf-8"))
    return Pathway.model_validate(declared | {"parameters": common_numbers() | declared.get("parameters", {})})


@cache
def common_numbers() -> dict[str, int]:
    """Return the numbers that hold for every model whose definition says nothing else (`common.toml`)."""
    found: dict[str, int] = tomllib.loads((HERE / "common.toml").read_text("utf-8"))["parameters"]
    return found


@cache
def versions(code: str) -> tuple[Pathway, ...]:
    """Return all versions of a model, the newest last. Raises FileNotFoundError for an unknown model."""
    found = [definition(code, path.stem) for path in directory_of(code).glob("*.toml")]
    return tuple(sorted(found, key=lambda model: (model.valid_from, model.version)))
