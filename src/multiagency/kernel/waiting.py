"""What waits for somebody: each room adds queries of one shape, and all of them are asked as one statement.

Row security decides what each query finds, so a row or a number goes with the sight that it rests on. On the first page
the rows are shown, and each is an entry of the log; the lists that the navigation leads to count only, which shows
nobody's data.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    Subquery,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from multiagency.kernel.access import Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import now, to_helsinki, today
from multiagency.kernel.database import COUNTED
from multiagency.kernel.journal import Mode
from multiagency.kernel.questions import Question, Questions
from multiagency.kernel.work import Work

ME, MY_AGENCY = (bindparam(name, type_=Uuid) for name in ("my_post", "my_agency"))
NOW, TODAY = bindparam("moment", type_=DateTime(timezone=True)), bindparam("today", type_=Date)
"""Who asks, and when: what the queries compare with."""

_SHAPE: dict[str, TypeEngine[Any]] = {
    "row_id": Uuid(),
    "case_id": Uuid(),
    "controller_id": Uuid(),
    "case_controller_id": Uuid(),
    "reference": Text(),
    "item": Text(),
    "post_id": Uuid(),
    "team_id": Uuid(),
    "due": Date(),
    "since": DateTime(timezone=True),
    "moment": DateTime(timezone=True),
    "number": Integer(),
    "minutes": Integer(),
}


def waits(what: str, **columns: Any) -> Select[*tuple[Any, ...]]:
    """Return a query of the shape of all, to which its conditions are added.

    `row_id`, `case_id`, `controller_id` say whose row it is, `case_controller_id` whose the case itself is where it is
    in sight; `reference` (of the case), `item` and `post_id` are what its address is made of. `due` is the last day,
    `since` from when it waits, `moment` a time that is told; `number` and `minutes` are small facts.
    """
    unknown = columns.keys() - _SHAPE.keys()
    if unknown:
        raise ValueError(f"no column of what waits: {', '.join(sorted(unknown))}")
    given = [columns.get(name, cast(null(), kind)).label(name) for name, kind in _SHAPE.items()]
    return select(literal_column(f"'{what}'", Text()).label("what"), *given)


def day_of(moment: Any) -> ColumnElement[date]:
    """Return the day of a moment in Finland, as a column."""
    return cast(func.timezone("Europe/Helsinki", moment), Date)


@dataclass(frozen=True, slots=True)
class Arm:
    """One kind of thing that waits (`what`), the query for it, and the page of each (`place`; empty for none).

    `area` is the place of the navigation that counts it; one without does not wait for whoever asks, and is told on the
    first page only. `part` is the list in which it stands there: mine, others, or one that a page shows in its own way;
    empty where it is only counted. `kind` is that of the client's data in its rows, and `basis` on what they are seen:
    a word, or a column made of the row. `prompt` tells that it is to be done at once: it has no last day.
    """

    what: str
    query: Select[*tuple[Any, ...]]
    place: str = ""
    area: str = "home"
    part: str = "mine"
    kind: Kind | None = None
    basis: str | Callable[[Any], Any] = ""
    prompt: bool = False


@dataclass(frozen=True, slots=True)
class WorkWanted(Question[Arm]):
    """Asks what can wait for somebody in this role. Asked once in a process: the answer holds no values."""

    role: Role


@dataclass(frozen=True, slots=True)
class Waits:
    """One thing that waits; see `waits`."""

    arm: Arm
    row_id: UUID
    case_id: UUID | None
    controller_id: UUID | None
    case_controller_id: UUID | None
    reference: str | None
    item: str | None
    post_id: UUID | None
    team_id: UUID | None
    due: date | None
    since: datetime | None
    moment: datetime | None
    number: int | None
    minutes: int | None

    @property
    def place(self) -> str:
        """The page on which it is done."""
        return self.arm.place.format(reference=self.reference, item=self.item, post=self.post_id)

    @property
    def day(self) -> date | None:
        """The day on which it belongs: its last one, or the one on which it came; None for some other time."""
        if self.due is not None or not self.arm.prompt:
            return self.due
        return to_helsinki(self.since).date() if self.since else today()


@dataclass(frozen=True, slots=True)
class RowWords(Question[tuple[UUID, dict[str, Any]]]):
    """Asks how the rows are called, as far as the actor may know: what is said, by the id of the row or its case.

    `also` are cases that stand on the page beside the rows.
    """

    work: Work
    rows: Sequence[Waits]
    also: Collection[UUID]


@dataclass(frozen=True, slots=True)
class AllThatWaits:
    """What waits: the rows of each part, and of each kind how many there are and how many are late."""

    arms: Mapping[str, Arm]
    parts: Mapping[str, list[Waits]] = field(default_factory=dict)
    numbers: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def number(self, *whats: str) -> int:
        """How many of these kinds there are."""
        return sum(self.numbers.get(what, (0, 0))[0] for what in whats)

    def late(self, what: str) -> int:
        """How many of this kind are late."""
        return self.numbers.get(what, (0, 0))[1]

    def in_part(self, part: str) -> int:
        """How many stand in this part, shown or not."""
        return self.number(*(arm.what for arm in self.arms.values() if arm.part == part))

    @property
    def by_area(self) -> dict[str, int]:
        """How many wait in each area of the navigation, `home` for all of them; areas without any are left out."""
        found: dict[str, int] = {}
        for what, (number, _) in self.numbers.items():
            area = self.arms[what].area
            for name in {area, "home"} if area else ():
                found[name] = found.get(name, 0) + number
        return found


@dataclass(frozen=True, slots=True)
class WorkAsked:
    """Somebody asks for their first page: what has become theirs is given to them before it is read."""

    work: Work


@dataclass(frozen=True, slots=True)
class Board:
    """Something that a first page shows in its own way, by its name; `case_ids` are the cases that stand there."""

    name: str
    view: Any
    case_ids: Collection[UUID]


@dataclass(frozen=True, slots=True)
class Boards(Question[Board]):
    """Asks what the first page shows beside its rows; `order` is as the page was asked for, `just_done` as it says."""

    work: Work
    found: AllThatWaits
    order: str
    just_done: str


async def counted(work: Work) -> dict[str, int]:
    """Return how much waits for the actor, by area of the navigation, in one statement that shows nobody's data."""
    asked = await _asked(work)
    numbers = await work.session.scalar(asked.counting, _values(work), execution_options=COUNTED)
    return AllThatWaits(asked.arms, numbers=numbers or {}).by_area


async def found(work: Work, shown: int) -> AllThatWaits:
    """Return what waits for the actor, at most `shown` rows in each part; each row shown is logged."""
    await work.publish(WorkAsked(work))
    asked = await _asked(work)
    result = await work.session.execute(asked.listing, _values(work) | {"shown": shown}, execution_options=COUNTED)
    parts: dict[str, list[Waits]] = {}
    told: Mapping[str, Sequence[int]] | None = None
    for told, basis, what, *row in result:  # noqa: B007 (the same in every row)
        if what is not None:
            waiting = Waits(asked.arms[what], *row)
            _tell(work, waiting, basis)
            parts.setdefault(waiting.arm.part, []).append(waiting)
    return AllThatWaits(asked.arms, parts, told or {})


def _tell(work: Work, row: Waits, basis: str | None) -> None:
    """Log whose row is shown: the columns of a union do not say it by themselves."""
    if row.arm.kind is None or row.case_id is None:
        return
    about = {"case_id": row.case_id, "case_reference": row.reference, "controller_id": row.controller_id}
    work.record(Mode.READ, {row.arm.kind}, subjects=[row.case_id], basis=basis, **about)
    if basis:
        work.rests_on(row.case_id, basis)
    if row.reference and row.case_controller_id:
        work.touched.cases[row.case_id] = row.reference, row.case_controller_id


def _values(work: Work) -> dict[str, Any]:
    actor = work.actor
    return {ME.key: actor.post_id, MY_AGENCY.key: actor.agency_id, NOW.key: now(), TODAY.key: today()}


@dataclass(frozen=True, slots=True)
class _Asked:
    """The arms of a role, and the two statements that are made of them: to make one costs more than to ask it."""

    arms: Mapping[str, Arm]
    counting: Select[*tuple[Any, ...]]
    listing: Select[*tuple[Any, ...]]


_ASKED: WeakKeyDictionary[Questions, dict[Role, _Asked]] = WeakKeyDictionary()


async def _asked(work: Work) -> _Asked:
    role, kept = work.actor.role, _ASKED.setdefault(work.tools.questions, {})
    if role not in kept:
        arms = await work.ask(WorkWanted(role))
        counting = _numbers(_together(arm for arm in arms if arm.area))
        kept[role] = _Asked({arm.what: arm for arm in arms}, counting, _listing(arms))
    return kept[role]


def _together(arms: Iterable[Arm]) -> Subquery:
    nothing = waits("nothing", row_id=ME).where(literal_column("false"))
    return union_all(nothing, *(arm.query for arm in arms)).subquery("waiting")


def _numbers(waiting: Any) -> Select[*tuple[Any, ...]]:
    """Return the query for how many there are of each kind and how many are late, as one value."""
    late = func.count().filter(waiting.c.due < TODAY)
    each = select(waiting.c.what, func.jsonb_build_array(func.count(), late).label("numbers")).group_by(waiting.c.what)
    kinds = each.subquery("kinds")
    return select(func.jsonb_object_agg(kinds.c.what, kinds.c.numbers, type_=JSONB).label("numbers"))


def _listing(arms: Sequence[Arm]) -> Select[*tuple[Any, ...]]:
    """Return the statement for the rows, each with the numbers of all; a row without a kind where nothing is shown."""
    waiting = select(_together(arms)).cte("waits").prefix_with("MATERIALIZED")
    prompt = [arm.what for arm in arms if arm.prompt]
    at_once = case((waiting.c.what.in_(prompt), func.coalesce(day_of(waiting.c.since), TODAY)))
    parts = case({"": ""} | {arm.what: arm.part for arm in arms}, value=waiting.c.what)
    order = (func.coalesce(waiting.c.due, at_once).nulls_last(), waiting.c.since, waiting.c.row_id)
    place = func.row_number().over(partition_by=parts, order_by=order)
    placed = select(waiting, place.label("place"), parts.label("part")).subquery("placed")
    numbers = _numbers(waiting).subquery("told")
    shown = (placed.c.place <= bindparam("shown", type_=Integer)) & (placed.c.part != "")
    columns = (placed.c[name] for name in ("what", *_SHAPE))
    told = select(numbers.c.numbers, _basis(arms, placed.c), *columns)
    return told.select_from(numbers).outerjoin(placed, shown).order_by(placed.c.place)


def _basis(arms: Sequence[Arm], row: Any) -> ColumnElement[str]:
    """Return on what each row is seen, asked of those only that are shown."""
    by_basis: dict[Any, list[str]] = {}
    for arm in arms:
        by_basis.setdefault(arm.basis, []).append(arm.what)
    said = [(row.what.in_(whats), basis(row) if callable(basis) else basis) for basis, whats in by_basis.items()]
    return case(*said, (row.what.is_(None), None)).label("basis")
