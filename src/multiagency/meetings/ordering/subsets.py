"""Proves the best order by dynamic programming over the subsets of units.

What a unit costs after a set of units depends on that set alone: those wait who came with the set and are needed
outside it, except whoever is needed now. (Garcia de la Banda, Stuckey, Chu: Solving Talent Scheduling with Dynamic
Programming, INFORMS Journal on Computing 2011.) So do the minutes that have passed; only what must stand apart asks for
the last item besides. The sets are taken in blocks that agree in their high units: in a block all costs are one product
of matrices, low units are added layer by layer, and a high unit leads as a whole to another block.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from multiagency.meetings.ordering.reducing import Floats, Reduced

_LOW = 12
"""Units within a block: its matrices fit a processor's cache."""

_ALONE = 200_000
"""Multiplications that BLAS does in one thread: more threads would wait for each other and take the cores of others."""

Places: TypeAlias = NDArray[np.intp]
Late: TypeAlias = Callable[[], bool]


class OutOfTime(Exception):
    """The clock stopped the proof."""


@dataclass(frozen=True, slots=True)
class Proved:
    """The least waiting, as the solver counts, and an order of items that has it."""

    value: float
    order: list[int]


@dataclass(frozen=True, slots=True)
class _Pull:
    """Ways into a layer of a block: from which places, at which costs, for which source and last item."""

    source: int
    last: int
    places: Places
    costs: Places


def prove(problem: Reduced, late: Late = lambda: False) -> Proved | None:
    """Return the best order, or None where no order keeps the rules. Raises `OutOfTime`."""
    if not problem.possible:
        return None
    if not problem.units:
        return Proved(0.0, [])
    return _Proof(problem, late).run()


class _Proof:
    def __init__(self, problem: Reduced, late: Late) -> None:
        self.problem, self.late = problem, late
        self.count = len(problem.units)
        self.low = min(self.count, _LOW)
        self.high = self.count - self.low
        self.width = 1 << self.low
        self.kind = np.float32 if problem.exact else np.float64
        self.costs = _Costs(problem, self.low, self.kind)
        self.sources, self.from_source, self.to_last, lasts = _ends(problem)
        self.best = np.full((lasts, 1 << self.high, self.width), np.inf, dtype=self.kind)
        self.best[0, 0, 0] = 0
        self.layers = np.searchsorted(_ones(self.costs.sets), np.arange(self.low + 2))
        self.pulls = [list(self._pulls(layer)) for layer in range(self.low + 1)]

    def run(self) -> Proved | None:
        for block in range(1 << self.high):
            if self.late():
                raise OutOfTime
            self._fill(block)
        value = float(self.best[:, -1, -1].min())
        return None if np.isinf(value) else Proved(value, self._order())

    def _pulls(self, layer: int) -> Iterator[_Pull]:
        """Yield the ways into a layer: a row of the tables takes from each of its sets one unit away."""
        sets = self.costs.sets[self.layers[layer] : self.layers[layer + 1]]
        for source in range(len(self.sources)):
            for last in range(self.best.shape[0]):
                chosen = [
                    number
                    for number, option in enumerate(self.problem.options)
                    if option.unit < self.low and (self.from_source[number], self.to_last[number]) == (source, last)
                ]
                bits = np.array([1 << self.problem.options[number].unit for number in chosen], dtype=np.int64)[:, None]
                inside = (sets & bits) != 0 if chosen else np.zeros((0, len(sets)), dtype=np.bool_)
                rows = int(inside.sum(axis=0).max()) if inside.size else 0
                if not rows:
                    continue
                taken = np.argsort(~inside, axis=0, kind="stable")[:rows]
                really = np.take_along_axis(inside, taken, axis=0)
                places = np.where(really, self.costs.place[sets & ~bits[taken, 0]], 0)
                costs = np.where(really, np.array(chosen)[taken] * self.width + places, self.costs.never)
                yield _Pull(source, last, places, costs)

    def _fill(self, block: int) -> None:
        """Bring a block to its values, whose high predecessors are all done, and hand them on to higher blocks."""
        here = self.best[:, block]
        if np.isinf(here).all():
            return
        table = self.costs.of_block(block)
        costs, single = table.reshape(-1), len(self.sources) == 1
        from_ = here if single else np.full((len(self.sources), self.width), np.inf, dtype=self.kind)
        for layer in range(self.low + 1):
            part = slice(self.layers[layer], self.layers[layer + 1])
            for pull in self.pulls[layer]:
                way = from_[pull.source].take(pull.places, mode="clip")
                way += costs.take(pull.costs, mode="clip")
                np.minimum(here[pull.last, part], way.min(axis=0), out=here[pull.last, part])
            if not single:
                for number, allowed in enumerate(self.sources):
                    from_[number, part] = here[allowed, part].min(axis=0)
        for number, option in enumerate(self.problem.options):
            bit = 1 << option.unit >> self.low
            if bit and not block & bit:
                there = self.best[self.to_last[number], block | bit]
                np.minimum(there, from_[self.from_source[number]] + table[number], out=there)

    def _order(self) -> list[int]:
        """Go back from the full set along ways that cost what was counted."""
        found: list[int] = []
        left = (1 << self.count) - 1
        last = int(self.best[:, -1, -1].argmin())
        while left:
            ways = []
            for number, option in enumerate(self.problem.options):
                bit = 1 << option.unit
                if left & bit and self.to_last[number] == last:
                    values = self._values(left ^ bit)[self.sources[self.from_source[number]]]
                    ways.append((float(values.min()) + self.costs.of(number, left ^ bit), -number))
            number = -min(ways)[1]
            option = self.problem.options[number]
            left ^= 1 << option.unit
            allowed = self.sources[self.from_source[number]]
            last = allowed[int(self._values(left)[allowed].argmin())]
            found = [*option.items, *found]
        return found

    def _values(self, units: int) -> Floats:
        return self.best[:, units >> self.low, self.costs.place[units & (self.width - 1)]]


def _ends(problem: Reduced) -> tuple[list[list[int]], list[int], list[int], int]:
    """Return which last items each source allows, the source and the last item of each option, and how many lasts.

    Last item 0 is any that nothing must stand apart from.
    """
    marked = {item: number for number, item in enumerate(sorted({one for one, _ in problem.apart}), start=1)}
    lasts = len(marked) + 1
    sources: list[list[int]] = []
    from_source, to_last = [], []
    for option in problem.options:
        refused = {marked[one] for one, other in problem.apart if other == option.items[0]}
        allowed = [last for last in range(lasts) if last not in refused]
        if allowed not in sources:
            sources.append(allowed)
        from_source.append(sources.index(allowed))
        to_last.append(marked.get(option.items[-1], 0))
    return sources, from_source, to_last, lasts


def _ones(sets: NDArray[np.int64]) -> NDArray[np.int64]:
    return sum((sets >> bit & 1 for bit in range(_LOW)), np.zeros_like(sets))


class _Costs:
    """What each option costs after each set of units: a product of weights and of who is present and still needed."""

    def __init__(self, problem: Reduced, low: int, kind: type[np.floating]) -> None:
        self.problem, self.low, self.kind = problem, low, kind
        width = 1 << low
        sets = np.arange(width)
        self.sets = sets[np.argsort(_ones(sets), kind="stable")]
        self.place = np.argsort(self.sets, kind="stable")
        self.never = len(problem.options) * width
        """A place in the costs of a block that no way leads through."""
        self.units = np.array(
            [problem.needed[:, list(unit)].any(axis=1) for unit in problem.units], dtype=np.int64
        ).reshape(len(problem.units), -1)
        self.people = self.units.shape[1]
        self.blocked = np.flatnonzero(
            [
                any(len(unit) > 1 and problem.needed[row, list(unit)].any() for unit in problem.units)
                for row in range(self.people)
            ]
        )
        self.weights = self._weights()
        self.rows = self._rows()
        self.minutes = np.array([problem.minutes[list(unit)].sum() for unit in problem.units], dtype=np.int64)
        self.passed = self._sum(self.minutes[:low])
        self.missing = [
            (number, option.after >> low, (self.sets & option.after) != option.after & (width - 1))
            for number, option in enumerate(problem.options)
            if option.after
        ]
        total = int(self.minutes.sum())
        self.timed = [
            (number, option.earliest, option.latest)
            for number, option in enumerate(problem.options)
            if option.earliest > 0 or option.latest < total
        ]
        self.table = np.full((len(problem.options) + 1, width), np.inf, dtype=kind)

    def _sum(self, of_units: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum what units have over each set of low units."""
        start = np.zeros(len(self.sets), dtype=np.int64)
        return sum(((self.sets >> unit & 1) * of_units[unit] for unit in range(len(of_units))), start)

    def _weights(self) -> Floats:
        """Return what each option counts of each person.

        Of everybody: that they are present and needed later. Of people in units of several items: that they are
        present, and that they are needed in another unit later. And what it costs always.
        """
        problem, people, blocked = self.problem, self.people, list(self.blocked)
        found = np.zeros((len(problem.options), people + 2 * len(blocked) + 1))
        for number, option in enumerate(problem.options):
            for place, item in enumerate(option.items):
                cost = problem.weights * float(problem.minutes[item])
                earlier = problem.needed[:, list(option.items[:place])].any(axis=1)
                later = problem.needed[:, list(option.items[place + 1 :])].any(axis=1)
                idle = ~problem.needed[:, item]
                found[number, :people] += cost * (idle & ~earlier & ~later)
                found[number, people : people + len(blocked)] += (cost * (idle & ~earlier & later))[blocked]
                found[number, people + len(blocked) : -1] += (cost * (idle & earlier & ~later))[blocked]
                found[number, -1] += (cost * (idle & earlier & later)).sum()
        return found.astype(self.kind)

    def _rows(self) -> Floats:
        """Return over the sets of low units, for each person: present and needed; needed; present; needed twice; 1."""
        low = self.units[: self.low]
        present = ((self.sets[:, None] >> np.arange(self.low) & 1) @ low).T
        needed = low.sum(axis=0)[:, None] - present
        parts = [(present > 0) & (needed > 0), needed > 0, present > 0, needed > 1]
        return np.concatenate([*parts, np.ones((1, len(self.sets)))]).astype(self.kind)

    def of_block(self, block: int) -> Floats:
        """Return the costs of all options (rows) after all sets of a block; infinite where a rule forbids it."""
        inside = np.array([block >> unit & 1 for unit in range(len(self.units) - self.low)], dtype=np.int64)
        high = self.units[self.low :]
        chosen = self._chosen(inside @ high > 0, (1 - inside) @ high)
        table = self.table
        rows, each = self.rows[chosen], max(1, _ALONE // max(1, self.weights.size))
        for start in range(0, rows.shape[1], each):
            np.matmul(self.weights, rows[:, start : start + each], out=table[:-1, start : start + each])
        for number, above, missing in self.missing:
            if above & ~block:
                table[number] = np.inf
            else:
                table[number][missing] = np.inf
        if self.timed:
            passed = self.passed + int(inside @ self.minutes[self.low :])
            for number, earliest, latest in self.timed:
                table[number][(passed < earliest) | (passed > latest)] = np.inf
        return table

    def _chosen(self, present: NDArray[np.bool_], needed: NDArray[np.int64]) -> Places:
        """Return which rows hold, given who is present through the high units of a block, and needed outside it."""
        people, each = self.people, np.arange(self.people)
        always = 4 * people
        waits = np.where(needed > 0, np.where(present, always, 2 * people + each), np.where(present, people, 0) + each)
        here = np.where(present, always, 2 * people + each)[self.blocked]
        elsewhere = np.where(needed > 1, always, np.where(needed == 1, people, 3 * people) + each)[self.blocked]
        return np.concatenate([waits, here, elsewhere, [always]]).astype(np.intp)

    def of(self, number: int, units: int) -> float:
        """Return what one option costs after one set of units."""
        option = self.problem.options[number]
        inside = np.array([units >> unit & 1 for unit in range(len(self.units))], dtype=np.int64)
        passed = int(inside @ self.minutes)
        if option.after & ~units or not option.earliest <= passed <= option.latest:
            return float("inf")
        present, needed = inside @ self.units > 0, (1 - inside) @ self.units
        holds = np.concatenate(
            [present & (needed > 0), present[self.blocked], needed[self.blocked] > 1, [True]]
        ).astype(self.kind)
        return float(self.weights[number] @ holds)
