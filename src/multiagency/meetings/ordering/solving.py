"""Puts items in order: proves the best order where it can, and else finds a good one and says so."""

import time
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from multiagency.meetings.ordering.contradictions import LONG, conflict, some_order
from multiagency.meetings.ordering.given import OrderRefused, Wanted
from multiagency.meetings.ordering.measuring import broken, waiting
from multiagency.meetings.ordering.reducing import Reduced, reduced
from multiagency.meetings.ordering.searching import search
from multiagency.meetings.ordering.subsets import Late, OutOfTime, prove

_MEMORY = 1 << 28
"""Bytes that a proof may take: 26 units, or 24 of which two stand apart."""
_LONG_PROOF = 1 << 21
"""States from which on a quick search goes before the proof, in case that the clock stops it."""
_SAMPLE = 21
"""Items of which the least waiting is proved as a bound for more."""


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """An order (places in the list of items), what it costs and how sure that is.

    `stopped_by` is proof, moves or clock. `as_entered` is the waiting of the items as they came, whether or not that
    order keeps the rules.
    """

    order: list[int]
    waiting: Fraction
    lower_bound: Fraction
    stopped_by: str
    as_entered: Fraction

    @property
    def optimal(self) -> bool:
        """Tell whether it is proved that no order is better."""
        return self.stopped_by == "proof"


def solve(wanted: Wanted, seconds: float) -> OrderAnswer:
    """Return the best order that is found. Raises `OrderRefused` with the rules that exclude any."""
    until = time.monotonic() + seconds
    return _Solving(wanted, lambda: time.monotonic() >= until).run()


class _Solving:
    def __init__(self, wanted: Wanted, late: Late) -> None:
        self.wanted, self.late = wanted, late
        self.problem = reduced(wanted)
        self.entered = list(range(len(wanted.items)))
        self.as_entered = waiting(wanted, self.entered)
        self.orders = [] if broken(wanted, self.entered) else [self.entered]

    def run(self) -> OrderAnswer:
        if self.orders and not self.as_entered:
            return self._answer(self.as_entered, late=False)
        begun, none = some_order(self.problem, lambda: False)
        if none:
            raise self._refused()
        self.orders += [begun] if begun else []
        if self.problem.bytes <= _MEMORY:
            return self._proved()
        return self._sought()

    def _proved(self) -> OrderAnswer:
        if self.problem.states > _LONG_PROOF:
            self._search(0.1)
        try:
            found = prove(self.problem, self.late)
        except OutOfTime:
            return self._answer(Fraction(0), late=True)
        if found is None:
            raise self._refused()
        self.orders.append(found.order)
        return self._answer(None, late=False)

    def _sought(self) -> OrderAnswer:
        late = self._search(1)
        if not self.orders:
            begun, none = some_order(self.problem, self.late, LONG)
            if none:
                raise self._refused()
            self.orders += [begun] if begun else []
        return self._answer(self._bound() if self.orders else Fraction(0), late)

    def _search(self, share: float) -> bool:
        found = search(self.problem, [self.entered, *self.orders], self.late, share)
        self.orders += [found.order] if found.order else []
        return found.late

    def _answer(self, bound: Fraction | None, late: bool) -> OrderAnswer:
        """Return the best of the orders, the entered one where nothing is better; a bound of None is a proof."""
        kept = [(waiting(self.wanted, order), number) for number, order in enumerate(self.orders)]
        if not kept:
            raise OrderRefused(
                "no order was found that keeps all constraints, nor shown that there is none", self._said()
            )
        least, number = min(kept)
        low = least if bound is None else min(bound, least)
        stopped = "proof" if low == least else "clock" if late else "moves"
        return OrderAnswer(self.orders[number], least, low, stopped, self.as_entered)

    def _bound(self) -> Fraction:
        """Return what is waited at least: the least waiting of some items alone, in the best of a few choices."""
        best = min(self.orders, key=lambda order: waiting(self.wanted, order))
        least = 0.0
        for chosen in _samples(self.problem, best):
            try:
                found = prove(self.problem.only(chosen), self.late)
            except OutOfTime:
                break
            least = max(least, found.value if found else 0.0)
        return self.problem.true(least)

    def _refused(self) -> OrderRefused:
        held = conflict(self.wanted, self.late)
        return OrderRefused("no order keeps these constraints together", [rule.said for rule in held])

    def _said(self) -> list[dict[str, Any]]:
        return [rule.said for rule in self.wanted.rules]


def _samples(problem: Reduced, order: list[int]) -> list[list[int]]:
    """Return choices of items: those that let people wait most in an order, that need most, and a stretch of it."""
    needed = problem.needed[:, order].astype(np.float64)
    come = np.maximum.accumulate(needed, axis=1)
    stay = np.maximum.accumulate(needed[:, ::-1], axis=1)[:, ::-1]
    costs = problem.weights @ (come * stay * (1 - needed)) * problem.minutes[order]
    crowds = problem.weights @ needed
    begin = max(0, (len(order) - _SAMPLE) // 2)
    places = [np.argsort(-costs, kind="stable"), np.argsort(-crowds, kind="stable"), np.arange(len(order))[begin:]]
    return [sorted(order[int(place)] for place in chosen[:_SAMPLE]) for chosen in places]
