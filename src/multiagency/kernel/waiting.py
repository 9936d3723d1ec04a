"""What waits for somebody: each room adds queries of one shape, and all of them are asked as one statement.

Row security decides what each query finds, so a row or a number goes with the sight that it rests on. On the first page
the rows are shown, and each tells the log whose it is; on every other page they are counted only, which shows nobody's.
"""

from collections.abc import Mapping, Sequence
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
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from multiagency.kernel.access import Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import now, to_helsinki, today
from multiagency.kernel.database import COUNTED
from multiagency.kernel.places import Place
from multiagency.kernel.questions import Question, Questions
from multiagency.kernel.work import Work

ME, MY_AGENCY, MY_PERSON = (bindparam(name, type_=Uuid) for name in ("my_post", "my_agency", "my_person"))
NOW, TODAY = bindparam("moment", type_=DateTime(timezone=True)), bindparam("today", type_=Date)
"""Who asks, and when: what the queries compare with."""

_SHAPE = {
    "row_id": Uuid(),
    "case_id": Uuid(),
    "controller_id": Uuid(),
    "basis": Text(),
    "reference": Text(),
    "item": Text(),
    "team_id": Uuid(),
    "post_id": Uuid(),
    "due": Date(),
    "since": DateTime(timezone=True),
    "moment": DateTime(timezone=True),
    "number": Integer(),
    "lacking": Integer(),
}


def waits(what: str, **columns: Any) -> Select[*tuple[Any, ...]]:
    """Return a query of the shape of all, to which its conditions are added.

    `row_id`, `case_id`, `controller_id` say whose row it is and `basis` on what it is seen; `reference` (of the case)
    and `item` are what its address is made of; `team_id` and `post_id` whom it is about. `due` is the last day, `since`
    from when it waits, `moment` a time that is told; `number` and `lacking` are small facts.
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
    """One kind of thing that waits (`what`), the query for it, and the page of each (`place`).

    `area` is the entry of the navigation that counts it; without one it does not wait for whoever asks, and is told on
    the first page only. `part` is the list in which it stands there, none where a page shows it in its own way. `kind`
    is that of the client's data in its rows. `prompt` tells that it is to be done at once: it has no last day.
    `apart` tells that the first page does not count it among all.
    """

    what: str
    query: Select[*tuple[Any, ...]]
    place: str = ""
    area: str = ""
    part: str = "mine"
    kind: Kind | None = None
    prompt: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Waiting(Question[Arm]):
    """Asks what can wait for somebody in this role. Asked once in a process: the answer holds no values."""

    role: Role


@dataclass(frozen=True, slots=True)
class Waits:
    """One thing that waits; see `waits`."""

    arm: Arm
    row_id: UUID
    case_id: UUID | None
    controller_id: UUID | None
    basis: str | None
    reference: str | None
    item: str | None
    team_id: UUID | None
    post_id: UUID | None
    due: date | None
    since: datetime | None
    moment: datetime | None
    number: int | None
    lacking: int | None

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
class Words(Question[tuple[UUID, dict[str, str]]]):
    """Asks how the rows are called, as far as the actor may know: by the id of row, case or post, what is said of it."""

    work: Work
    rows: Sequence[Waits]


@dataclass(frozen=True, slots=True)
class Found:
    """What waits: the rows of each part, and of each kind how many there are and how many are late."""

    arms: Mapping[str, Arm]
    parts: Mapping[str, list[Waits]] = field(default_factory=dict)
    numbers: Mapping[str, tuple[int, int]] = field(default_factory=dict)

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
            arm = self.arms[what]
            for area in {arm.area, "" if arm.apart or not arm.area else "home"} - {""}:
                found[area] = found.get(area, 0) + number
        return found


async def counted(work: Work, only: str = "") -> dict[str, int]:
    """Return how much waits for the actor, by area; from here on the transaction is about the case `only`, if any.

    Counting comes first, because a transaction about one case counts nothing of any other. Nobody's data is shown.
    """
    asked = await _asked(work)
    values = _values(work) | {"only": only}
    numbers = await work.session.scalar(asked.counting, values, execution_options=COUNTED)
    return Found(asked.arms, numbers=_numbers(numbers)).by_area


async def found(work: Work, shown: int) -> Found:
    """Return what waits for the actor, at most `shown` rows in each part; each row shown is an entry of the log."""
    asked = await _asked(work)
    result = await work.session.execute(asked.listing, _values(work) | {"shown": shown}, execution_options=COUNTED)
    parts: dict[str, list[Waits]] = {}
    numbers: Any = None
    for numbers, what, *row in result:
        if what is not None:
            arm = asked.arms[what]
            waiting = Waits(arm, *row)
            _tell(work, waiting)
            parts.setdefault(arm.part, []).append(waiting)
    return Found(asked.arms, parts, _numbers(numbers))


def _tell(work: Work, row: Waits) -> None:
    """Let the log know whose row is shown: the columns of a union do not say it by themselves."""
    if row.arm.kind is None or row.case_id is None or row.controller_id is None:
        return
    reference = row.reference if row.arm.kind is Kind.SHELL else None
    work.touched.see(Place(row.case_id, row.arm.kind, row.controller_id, row.row_id, reference))
    if row.basis:
        work.rests_on(row.case_id, row.basis)


def _numbers(told: Mapping[str, Sequence[int]] | None) -> dict[str, tuple[int, int]]:
    return {what: (number, late) for what, (number, late) in (told or {}).items()}


def _values(work: Work) -> dict[str, Any]:
    actor = work.actor
    who = {ME.key: actor.post_id, MY_AGENCY.key: actor.agency_id, MY_PERSON.key: actor.person_id}
    return who | {NOW.key: now(), TODAY.key: today()}


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
        arms = await work.ask(Waiting(role))
        kept[role] = _Asked({arm.what: arm for arm in arms}, _counting(arms), _listing(arms))
    return kept[role]


def _together(arms: Sequence[Arm]) -> Subquery:
    nothing = waits("nothing", row_id=ME).where(literal_column("false"))
    return union_all(nothing, *(arm.query for arm in arms)).subquery("waiting")


def _per_kind(waiting: Any) -> Any:
    """Return how many there are of each kind and how many are late, as one value."""
    late = func.count().filter(waiting.c.due < TODAY)
    each = select(waiting.c.what, func.jsonb_build_array(func.count(), late).label("numbers")).group_by(waiting.c.what)
    kinds = each.subquery("kinds")
    return func.jsonb_object_agg(kinds.c.what, kinds.c.numbers, type_=JSONB), kinds


def _counting(arms: Sequence[Arm]) -> Select[*tuple[Any, ...]]:
    """Return the statement that counts, and that narrows the transaction only when everything is counted."""
    numbers, kinds = _per_kind(_together([arm for arm in arms if arm.area]))
    narrowed = func.set_config("multiagency.case", bindparam("only", type_=Text), literal_column("true"))
    return select(numbers, narrowed).select_from(kinds)


def _listing(arms: Sequence[Arm]) -> Select[*tuple[Any, ...]]:
    """Return the statement for the rows, each with the numbers of all; one row without a kind where nothing is shown."""
    waiting = select(_together(arms)).cte("waits").prefix_with("MATERIALIZED")
    prompt = [arm.what for arm in arms if arm.prompt]
    at_once = case((waiting.c.what.in_(prompt), func.coalesce(day_of(waiting.c.since), TODAY)))
    day = func.coalesce(waiting.c.due, at_once)
    parts = case({arm.what: arm.part for arm in arms}, value=waiting.c.what) if arms else null()
    order = (day.nulls_last(), waiting.c.since, waiting.c.row_id)
    place = func.row_number().over(partition_by=parts, order_by=order)
    placed = select(waiting, place.label("place"), parts.label("part")).subquery("placed")
    numbers, kinds = _per_kind(waiting)
    told = select(numbers.label("numbers")).select_from(kinds).subquery("told")
    shown = and_(placed.c.place <= bindparam("shown", type_=Integer), or_(placed.c.part != "", placed.c.part.is_(None)))
    columns = (placed.c[name] for name in ("what", *_SHAPE))
    return select(told.c.numbers, *columns).select_from(told).outerjoin(placed, shown).order_by(placed.c.place)
