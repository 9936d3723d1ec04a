"""Counts for many orders at once what people wait and by how much rules are broken; people are bits of numbers."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from multiagency.meetings.ordering.reducing import FOREVER, Floats, Reduced

Orders: TypeAlias = NDArray[np.intp]
"""A row is an order of items."""

_WORD = 63
_PIECE = 10


class Judge:
    """What orders of the items of a problem cost."""

    def __init__(self, problem: Reduced) -> None:
        """Lay out people as bits, and the rules as numbers."""
        self.count = len(problem.minutes)
        self.minutes = problem.minutes.astype(np.float64)
        self.words = [
            _Word(problem.needed[start : start + _WORD], problem.weights[start : start + _WORD])
            for start in range(0, len(problem.weights), _WORD)
        ]
        total = float(problem.minutes.sum())
        self.earliest = np.array(problem.earliest, dtype=np.float64)
        self.latest = np.array([min(most, FOREVER) for most in problem.latest], dtype=np.float64)
        self.timed = bool((self.earliest > 0).any() or (self.latest < total).any())
        self.typical = total / max(1, self.count) or 1.0
        self.before = np.array(problem.pairs, dtype=np.intp).reshape(-1, 2).T
        self.firsts = [np.array(items, dtype=np.intp) for items in problem.firsts if items]
        self.together = np.array(sorted(problem.together), dtype=np.intp).reshape(-1, 2).T
        self.apart = np.array(sorted(pair for pair in problem.apart if pair[0] < pair[1]), dtype=np.intp)
        self.apart = self.apart.reshape(-1, 2).T
        self.placed = bool(self.before.size or self.firsts or self.together.size or self.apart.size)
        self.ruled = self.timed or self.placed

    def waiting(self, orders: Orders) -> Floats:
        """Return what people wait in each order, as solvers count."""
        weights: Floats = np.zeros(orders.shape, dtype=np.float64)
        for word in self.words:
            weights += word.waits(orders)
        found: Floats = (weights * self.minutes.take(orders)).sum(axis=1)
        return found

    def faults(self, orders: Orders) -> Floats:
        """Return by how much each order breaks rules, in places of an order; 0 where it keeps them all."""
        found: Floats = np.zeros(len(orders), dtype=np.float64)
        if self.timed:
            minutes = self.minutes[orders]
            passed = np.cumsum(minutes, axis=1) - minutes
            early = np.maximum(self.earliest[orders] - passed, 0)
            late = np.maximum(passed - self.latest[orders], 0)
            found += (early + late).sum(axis=1) / self.typical
        if self.placed:
            at = np.empty_like(orders)
            np.put_along_axis(at, orders, np.arange(self.count, dtype=np.intp)[None, :], axis=1)
            found += np.maximum(at[:, self.before[0]] - at[:, self.before[1]], 0).sum(axis=1)
            for items in self.firsts:
                found += np.maximum(at[:, items] - len(items) + 1, 0).sum(axis=1)
            found += (np.abs(at[:, self.together[0]] - at[:, self.together[1]]) - 1).sum(axis=1)
            found += (np.abs(at[:, self.apart[0]] - at[:, self.apart[1]]) == 1).sum(axis=1)
        return found


class _Word:
    """Up to 63 people as bits of one number, and what each of its pieces weighs."""

    def __init__(self, needed: NDArray[np.bool_], weights: Floats) -> None:
        people = len(weights)
        bits = np.int64(1) << np.arange(people, dtype=np.int64)
        self.needed = bits @ needed.astype(np.int64)
        self.tables = []
        for start in range(0, people, _PIECE):
            values = np.arange(1 << min(_PIECE, people - start))
            spread = (values[:, None] >> np.arange(min(_PIECE, people - start))) & 1
            self.tables.append((start, len(values) - 1, spread @ weights[start : start + _PIECE].astype(np.float64)))

    def waits(self, orders: Orders) -> Floats:
        """Return what those weigh who wait in each item of each order."""
        needed = self.needed.take(orders)
        come = np.bitwise_or.accumulate(needed, axis=1)
        stay = np.bitwise_or.accumulate(needed[:, ::-1], axis=1)[:, ::-1]
        waits = come & stay & ~needed
        found: Floats = np.zeros(orders.shape, dtype=np.float64)
        for start, mask, table in self.tables:
            found += table.take((waits >> start) & mask)
        return found
