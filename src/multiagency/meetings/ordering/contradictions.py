"""Tells whether rules can be kept together, and which of them exclude each other."""

from multiagency.meetings.ordering.given import OrderRule, Wanted
from multiagency.meetings.ordering.reducing import FOREVER, Option, Reduced, bits, reduced
from multiagency.meetings.ordering.subsets import Late, OutOfTime, prove

QUICK = 100_000
LONG = 3_000_000
"""Options that a walk through possible beginnings looks at; it always takes one step per unit."""
_FEW = 1 << 22
"""States that are all looked at within a second."""


def conflict(wanted: Wanted, late: Late) -> list[OrderRule]:
    """Return rules that cannot be kept together; without any one of them they can, as far as that could be shown."""
    held = list(wanted.rules)
    for rule in wanted.rules:
        others = [other for other in held if other is not rule]
        if late():
            break
        if possible(reduced(wanted, others), late) is False:
            held = others
    return held


def possible(problem: Reduced, late: Late) -> bool | None:
    """Tell whether an order keeps the rules; None where that stays open."""
    order, whole = some_order(problem, late, QUICK)
    if order is not None or whole:
        return order is not None
    if problem.states <= _FEW:
        try:
            return prove(problem.without_people(), late) is not None
        except OutOfTime:
            return None
    order, whole = some_order(problem, late, LONG)
    return order is not None if order is not None or whole else None


def some_order(problem: Reduced, late: Late, work: int = QUICK) -> tuple[list[int] | None, bool]:
    """Return an order that keeps the rules, by going back wherever none can follow; and whether all ways were tried."""
    if not problem.possible or _plainly_impossible(problem):
        return None, True
    return _Walk(problem).run(late, max(len(problem.units) + 1, work // max(1, len(problem.options))))


def _plainly_impossible(problem: Reduced) -> bool:
    """Tell whether some unit must come before itself, or after more minutes, or before more, than its time allows."""
    minutes = problem.unit_minutes
    ahead = [-1] * len(minutes)
    earliest, latest = [FOREVER] * len(minutes), [-1] * len(minutes)
    for option in problem.options:
        ahead[option.unit] &= option.after
        earliest[option.unit] = min(earliest[option.unit], option.earliest)
        latest[option.unit] = max(latest[option.unit], option.latest)
    for middle in range(len(minutes)):
        for unit in range(len(minutes)):
            if ahead[unit] >> middle & 1:
                ahead[unit] |= ahead[middle]
    behind = [0] * len(minutes)
    for unit, others in enumerate(ahead):
        if others >> unit & 1:
            return True
        for other in bits(others):
            behind[other] += minutes[unit]
    before = [sum(minutes[other] for other in bits(others)) for others in ahead]
    most = [sum(minutes) - own - after for own, after in zip(minutes, behind, strict=True)]
    return any(
        low > until or high < since for low, high, since, until in zip(before, most, earliest, latest, strict=True)
    )


class _Walk:
    def __init__(self, problem: Reduced) -> None:
        self.problem = problem
        self.minutes = problem.unit_minutes
        self.marked = {item for pair in problem.apart for item in pair}
        self.rest = [option.after for option in problem.options]
        self.latest = [0] * len(problem.units)
        for option in problem.options:
            self.latest[option.unit] = max(self.latest[option.unit], option.latest)
        self._settle()
        order = sorted(range(len(problem.options)), key=lambda number: (problem.options[number].latest, number))
        self.order = [(number, problem.options[number]) for number in order]

    def _settle(self) -> None:
        """Let units that no rule tells apart come in their order: to try the other orders would show nothing new."""
        needed = [0] * len(self.problem.units)
        for number, option in enumerate(self.problem.options):
            for unit in range(len(needed)):
                needed[unit] |= (option.after >> unit & 1) << number
        alike: dict[tuple[object, ...], int] = {}
        timed = any(option.earliest > 0 or option.latest < sum(self.minutes) for option in self.problem.options)
        for number, option in enumerate(self.problem.options):
            if len(option.items) > 1 or option.items[0] in self.marked:
                continue
            when = (self.minutes[option.unit], option.earliest, option.latest) if timed else ()
            about = (when, option.after, needed[option.unit])
            if about in alike:
                self.rest[number] |= 1 << alike[about]
            alike[about] = option.unit

    def run(self, late: Late, steps: int) -> tuple[list[int] | None, bool]:
        full = (1 << len(self.problem.units)) - 1
        seen: set[tuple[int, int]] = set()
        path: list[Option] = []
        ways = [self._ways(0, 0, -1)]
        units, passed = 0, 0
        while ways:
            if units == full:
                return [item for option in path for item in option.items], False
            if not ways[-1]:
                ways.pop()
                if path:
                    last = path.pop()
                    units, passed = units ^ 1 << last.unit, passed - self.minutes[last.unit]
                continue
            option = ways[-1].pop()
            units, passed = units | 1 << option.unit, passed + self.minutes[option.unit]
            path.append(option)
            end = option.items[-1] if option.items[-1] in self.marked else -1
            known = (units, end) in seen
            seen.add((units, end))
            ways.append([] if known else self._ways(units, passed, end))
            steps -= 1
            if steps < 0 or late():
                return None, False
        return None, True

    def _ways(self, units: int, passed: int, last: int) -> list[Option]:
        """Return what may follow, the most urgent last; nothing where something is too late already."""
        left = (unit for unit in range(len(self.latest)) if not units >> unit & 1)
        if any(self.latest[unit] < passed for unit in left):
            return []
        return [
            option
            for number, option in reversed(self.order)
            if not units >> option.unit & 1
            and not self.rest[number] & ~units
            and option.earliest <= passed <= option.latest
            and (last, option.items[0]) not in self.problem.apart
        ]
