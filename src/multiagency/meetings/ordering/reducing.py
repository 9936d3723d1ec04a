"""Makes what is to be ordered small: whole numbers, only people who may wait, cases that stay together as one unit.

Whoever is needed in one item alone, or in all, never waits. People who are needed in the same items are one person
with the sum of their weights. What must stand next to each other is one unit that is read forwards or backwards; so,
where no time is given and nothing is kept apart, are items with the same people and the same rules: moving one of them
to the other, whichever way costs less, never makes an order dearer.

As the minutes that have passed before an item are those of the items before it, whatever rules say of minutes is, for
each unit, an interval of minutes of items passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from multiagency.meetings.ordering.given import OrderRule, Wanted

Floats: TypeAlias = NDArray[np.floating]
Whole: TypeAlias = NDArray[np.int64]

FOREVER = 1 << 62
_EXACT = 1 << 53
_TIMED = {"not_before", "not_after", "person", "break"}


@dataclass(frozen=True, slots=True)
class Option:
    """A unit in one of its directions: after which units it may come, and when (minutes of items passed before)."""

    unit: int
    items: tuple[int, ...]
    after: int
    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class Reduced:
    """What solvers work on. A fraction of a minute is `1 / scale`, of waiting `1 / (scale · weight_scale)`."""

    minutes: Whole
    needed: NDArray[np.bool_]
    weights: Floats
    before: tuple[int, ...]
    pairs: tuple[tuple[int, ...], ...]
    firsts: tuple[tuple[int, ...], ...]
    earliest: tuple[int, ...]
    latest: tuple[int, ...]
    together: frozenset[tuple[int, int]]
    apart: frozenset[tuple[int, int]]
    units: tuple[tuple[int, ...], ...]
    options: tuple[Option, ...]
    scale: int
    weight_scale: int

    @property
    def states(self) -> int:
        """Return how many states the proof has: subsets of units, times what the last item may be."""
        return (1 + len({item for pair in self.apart for item in pair})) << len(self.units)

    @property
    def unit_minutes(self) -> list[int]:
        """Return how long each unit takes."""
        return [sum(int(self.minutes[item]) for item in unit) for unit in self.units]

    @property
    def possible(self) -> bool:
        """Tell whether every unit has a direction at all; a cycle of neighbours has no unit."""
        return {option.unit for option in self.options} == set(range(len(self.units)))

    @property
    def exact(self) -> bool:
        """Tell whether 32-bit floats hold every sum exactly."""
        whole = bool(np.all(self.weights == np.floor(self.weights)))
        return whole and float(self.weights.sum()) * float(self.minutes.sum()) < 1 << 24

    @property
    def bytes(self) -> int:
        """Return how much memory the proof takes."""
        return self.states * (4 if self.exact else 8)

    def true(self, value: float) -> Fraction:
        """Return weighted minutes of waiting from what a solver counts."""
        return Fraction(value) / (self.scale * self.weight_scale)

    def without_people(self) -> "Reduced":
        """Return the same rules where nobody waits: whether they can be kept is all that is left to ask."""
        return replace(self, needed=self.needed[:0], weights=self.weights[:0])

    def only(self, items: Sequence[int]) -> "Reduced":
        """Return some of the items without any rule: the least waiting among them is no more than among all."""
        count = len(items)
        minutes = self.minutes[list(items)]
        none: frozenset[tuple[int, int]] = frozenset()
        units = [(place,) for place in range(count)]
        free, ever = [0] * count, [FOREVER] * count
        return replace(
            self,
            minutes=minutes,
            needed=self.needed[:, list(items)],
            before=tuple(free),
            pairs=(),
            firsts=(),
            earliest=tuple(free),
            latest=tuple(ever),
            together=none,
            apart=none,
            units=tuple(units),
            options=tuple(_options(units, none, [int(each) for each in minutes], free, free, ever, none)),
        )


def reduced(wanted: Wanted, rules: Sequence[OrderRule] | None = None) -> Reduced:
    """Return what solvers work on, under the rules of what is wanted or under others of them."""
    held = wanted.rules if rules is None else tuple(rules)
    count = len(wanted.items)
    scale = _scale(wanted)
    minutes = [int(item.minutes * scale) for item in wanted.items]
    needed, weights, weight_scale = _people(wanted, scale * sum(minutes))
    before = _before(held, count)
    earliest, latest = _windows(wanted, held, minutes, scale)
    together = frozenset((min(rule.items), max(rule.items)) for rule in held if rule.kind == "adjacent")
    apart = frozenset(pair for rule in held if rule.kind == "apart" for pair in (rule.items, rule.items[::-1]))
    timed = any(rule.kind in _TIMED for rule in held)
    alike = {} if timed or apart else _alike(needed, before, together)
    units = _chains(count, together, alike)
    options = _options(units, together, minutes, before, earliest, latest, apart)
    return Reduced(
        minutes=np.array(minutes, dtype=np.int64),
        needed=needed,
        weights=weights,
        before=tuple(before),
        pairs=tuple(rule.items for rule in held if rule.kind == "before"),
        firsts=tuple(rule.items for rule in held if rule.kind == "first"),
        earliest=tuple(earliest),
        latest=tuple(latest),
        together=together,
        apart=frozenset((one, other) for one, other in apart),
        units=tuple(units),
        options=tuple(options),
        scale=scale,
        weight_scale=weight_scale,
    )


def _scale(wanted: Wanted) -> int:
    numbers = [item.minutes for item in wanted.items] + [number for rule in wanted.rules for number in rule.numbers]
    return lcm(*(number.denominator for number in numbers)) if numbers else 1


def _people(wanted: Wanted, most_minutes: int) -> tuple[NDArray[np.bool_], Floats, int]:
    """Return who is needed where, each different set of items once, with weights that are whole where that is exact."""
    found: dict[tuple[int, ...], Fraction] = {}
    where: dict[str, list[int]] = {}
    for place, item in enumerate(wanted.items):
        for person in item.people:
            where.setdefault(person, []).append(place)
    for person, places in sorted(where.items()):
        if 1 < len(places) < len(wanted.items) and wanted.weight(person):
            found[tuple(places)] = found.get(tuple(places), Fraction(0)) + wanted.weight(person)
    needed = np.zeros((len(found), len(wanted.items)), dtype=np.bool_)
    for row, chosen in enumerate(sorted(found)):
        needed[row, list(chosen)] = True
    weights = [found[chosen] for chosen in sorted(found)]
    whole = lcm(*(weight.denominator for weight in weights)) if weights else 1
    whole = whole if whole * max(1, sum(weights)) * max(1, most_minutes) < _EXACT else 1
    return needed, np.array([float(weight * whole) for weight in weights], dtype=np.float64), whole


def _before(rules: Sequence[OrderRule], count: int) -> list[int]:
    """Return for each item the set of items (as bits) that stand before it."""
    found = [0] * count
    for rule in rules:
        if rule.kind == "before":
            found[rule.items[1]] |= 1 << rule.items[0]
        if rule.kind == "first":
            these = sum(1 << item for item in rule.items)
            for item in set(range(count)) - set(rule.items):
                found[item] |= these
    return found


def _windows(
    wanted: Wanted, rules: Sequence[OrderRule], minutes: Sequence[int], scale: int
) -> tuple[list[int], list[int]]:
    """Return for each item the least and the most minutes of items that may pass before it."""
    count = len(minutes)
    begin, end = [0] * count, [FOREVER] * count
    for rule in rules:
        numbers = [int(number * scale) for number in rule.numbers]
        if rule.kind == "not_before":
            begin[rule.items[0]] = max(begin[rule.items[0]], numbers[0])
        if rule.kind == "not_after":
            end[rule.items[0]] = min(end[rule.items[0]], numbers[0])
        if rule.kind == "person":
            for place in (place for place, item in enumerate(wanted.items) if rule.person in item.people):
                begin[place] = max(begin[place], numbers[0])
                end[place] = min(end[place], numbers[1] - minutes[place])
    pauses = sorted(tuple(int(number * scale) for number in rule.numbers) for rule in rules if rule.kind == "break")
    stretches = _stretches(pauses)
    return [_least(stretches, start) for start in begin], [_most(stretches, start) for start in end]


def _stretches(pauses: Sequence[tuple[int, ...]]) -> list[tuple[int, int, int]]:
    """Return from how many minutes of items on, and up to how many, how much break has shifted the start."""
    found, since, shift = [], 0, 0
    for minute, length in pauses:
        then = max(since, minute - shift)
        found.append((since, then - 1, shift))
        since, shift = then, shift + length
    return [*found, (since, FOREVER, shift)]


def _least(stretches: Sequence[tuple[int, int, int]], start: int) -> int:
    """Return the least minutes of items after which an item starts at a minute or later."""
    return next(max(since, start - shift) for since, until, shift in stretches if max(since, start - shift) <= until)


def _most(stretches: Sequence[tuple[int, int, int]], start: int) -> int:
    """Return the most minutes of items after which an item starts at a minute or earlier; -1 if there are none."""
    fits = [min(until, start - shift) for since, until, shift in stretches if min(until, start - shift) >= since]
    return max(fits, default=-1)


def _alike(
    needed: NDArray[np.bool_], before: Sequence[int], together: frozenset[tuple[int, int]]
) -> dict[tuple[object, ...], list[int]]:
    """Return the items that differ in nothing but their minutes, several at a time."""
    bound = {item for pair in together for item in pair}
    found: dict[tuple[object, ...], list[int]] = {}
    for item in (item for item in range(len(before)) if item not in bound):
        follows = tuple(before[other] >> item & 1 for other in range(len(before)))
        found.setdefault((needed[:, item].tobytes(), before[item], follows), []).append(item)
    return {key: items for key, items in found.items() if len(items) > 1}


def _chains(
    count: int, together: frozenset[tuple[int, int]], alike: dict[tuple[object, ...], list[int]]
) -> list[tuple[int, ...]]:
    """Return the units; one of neighbours that form no chain holds them and has no direction."""
    beside: dict[int, list[int]] = {item: [] for item in range(count)}
    for one, other in sorted(together):
        beside[one].append(other)
        beside[other].append(one)
    found = [tuple(items) for items in alike.values()]
    seen = {item for items in found for item in items}
    ends_first = sorted(range(count), key=lambda item: (len(beside[item]) > 1, item))
    for item in ends_first:
        if item not in seen:
            chain = _walk(item, beside, seen)
            found.append(tuple(chain))
    return sorted(found, key=min)


def _walk(item: int, beside: dict[int, list[int]], seen: set[int]) -> list[int]:
    chain, waiting = [], [item]
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            chain.append(here)
            waiting += [other for other in beside[here] if other not in seen]
    return chain


def _options(
    units: Sequence[tuple[int, ...]],
    together: frozenset[tuple[int, int]],
    minutes: Sequence[int],
    before: Sequence[int],
    earliest: Sequence[int],
    latest: Sequence[int],
    apart: frozenset[tuple[int, ...]],
) -> list[Option]:
    of_item = {item: number for number, unit in enumerate(units) for item in unit}
    found = []
    for number, unit in enumerate(units):
        bound = {pair for pair in together if pair[0] in unit}
        for items in (unit, unit[::-1]) if bound else (unit,):
            passed, least, most, after = 0, 0, FOREVER, 0
            neighbours = {(min(pair), max(pair)) for pair in pairwise(items)}
            fits = not bound or bound <= neighbours
            for place, item in enumerate(items):
                least, most = max(least, earliest[item] - passed), min(most, latest[item] - passed)
                passed += minutes[item]
                fits = fits and not any(before[item] >> later & 1 for later in items[place:])
                fits = fits and not (place and (items[place - 1], item) in apart)
                after |= sum(1 << unit for unit in {of_item[other] for other in bits(before[item])})
            if fits and least <= most:
                found.append(Option(number, items, after & ~(1 << number), least, most))
    return found


def bits(value: int) -> list[int]:
    """Return which bits of a set are there."""
    return [place for place in range(value.bit_length()) if value >> place & 1]
