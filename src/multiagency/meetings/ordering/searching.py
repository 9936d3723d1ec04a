"""Looks for a good order where there are too many for a proof: annealing of several orders side by side.

In a move a run of items leaves an order and comes back wherever it is best, as it was or turned round; noise that cools
down lets it come back elsewhere (heat bath). What breaks a rule is dearer the longer rules stay broken. The seed is
fixed and moves are counted, so that the same input has the same answer; the clock only stops what takes too long.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from multiagency.meetings.ordering.judging import Judge, Orders
from multiagency.meetings.ordering.reducing import Floats, Reduced
from multiagency.meetings.ordering.subsets import Late

_SEED = 39
_ORDERS = 12
_ROUNDS = 6
_WORK = 80_000_000
"""Items of candidates that may be looked at."""
_RUN = 4
_COLD = 0.02
_KNOWN = 64


@dataclass(frozen=True, slots=True)
class Sought:
    """The best order that was found, if any keeps all rules; `late` tells that the clock stopped the search."""

    order: list[int] | None
    late: bool


def search(problem: Reduced, begun: Iterable[list[int]], late: Late, share: float = 1.0) -> Sought:
    """Look for a good order, from some to begin with, with a share of the usual moves."""
    judge = Judge(problem)
    if judge.count < 2:
        return Sought(list(range(judge.count)), late=False)
    return _Search(judge, late).run(begun, share)


class _Search:
    def __init__(self, judge: Judge, late: Late) -> None:
        self.judge, self.late = judge, late
        self.moves = _Moves(judge.count)
        self.random = np.random.default_rng(_SEED)
        self.best: list[int] | None = None
        self.least = float("inf")

    def run(self, begun: Iterable[list[int]], share: float) -> Sought:
        count = self.judge.count
        orders = np.array([self.random.permutation(count) for _ in range(_ORDERS)], dtype=np.intp)
        for row, order in enumerate(list(begun)[:_ORDERS]):
            orders[row] = order
        self._keep(orders)
        self.work = share * _WORK
        steps = max(_ROUNDS, int(self.work / (_ORDERS * count * min(count, _KNOWN) * 1.5)))
        heat = float(np.median(self.judge.waiting(orders))) / count or 1.0
        for number in range(_ROUNDS):
            orders, stopped = self._anneal(orders, steps // _ROUNDS, heat / (1 + number))
            if stopped:
                return Sought(self.best, late=True)
        return Sought(self.best, late=self._polish())

    def _anneal(self, orders: Orders, steps: int, heat: float) -> tuple[Orders, bool]:
        """Cool all orders down; return the best that each has met."""
        price = np.full(len(orders), heat * 2)
        met, met_cost = orders.copy(), self._cost(orders, price)[0]
        for step in range(steps):
            if self.late():
                return met, True
            warm = heat * _COLD ** (step / max(1, steps - 1))
            length = int(self.random.integers(1, min(_RUN, len(orders[0]) - 1) + 1))
            starts = self.random.integers(0, len(orders[0]) - length + 1, size=len(orders))
            found = self.moves.of(orders, starts, length, self._places(len(orders[0]) - length + 1))
            cost, faults = self._cost(found.reshape(-1, found.shape[2]), np.repeat(price, found.shape[1]))
            cost = cost.reshape(found.shape[:2])
            noise = self.random.gumbel(size=cost.shape) * warm
            chosen, rows = (cost - noise).argmin(axis=1), np.arange(len(orders))
            orders, now = found[rows, chosen], cost[rows, chosen]
            self._keep(orders)
            if self.judge.ruled:
                broken = faults.reshape(cost.shape)[rows, chosen] > 0
                price = np.clip(price * np.where(broken, 1.05, 0.97), heat, heat * 1e6)
            better = now < met_cost
            met[better], met_cost[better] = orders[better], now[better]
        return met, False

    def _places(self, places: int) -> Orders:
        """Return where a run may come back: anywhere, or somewhere where there are very many places."""
        if places <= _KNOWN:
            return np.arange(places, dtype=np.intp)
        return np.sort(self.random.choice(places, size=_KNOWN, replace=False)).astype(np.intp)

    def _cost(self, orders: Orders, price: Floats) -> tuple[Floats, Floats]:
        waiting = self.judge.waiting(orders)
        if not self.judge.ruled:
            return waiting, waiting
        faults = self.judge.faults(orders)
        return waiting + faults * price, faults

    def _keep(self, orders: Orders) -> bool:
        """Remember the best order that keeps the rules; tell whether there is a new one."""
        waiting = self.judge.waiting(orders)
        if self.judge.ruled:
            waiting = np.where(self.judge.faults(orders) > 0, np.inf, waiting)
        row = int(waiting.argmin())
        if not waiting[row] < self.least:
            return False
        self.best, self.least = [int(item) for item in orders[row]], float(waiting[row])
        return True

    def _polish(self) -> bool:
        """Move runs of the best order as long as that is better; tell whether the clock stopped it."""
        count = self.judge.count
        better = self.best is not None
        while better:
            better = False
            for length in range(1, min(count // 2, 12) + 1):
                for start in range(count - length + 1):
                    self.work -= 2 * count * min(count, _KNOWN)
                    if self.late() or self.work < 0:
                        return self.late()
                    here = np.array([self.best], dtype=np.intp)
                    found = self.moves.of(here, np.array([start]), length, self._places(count - length + 1))
                    better = self._keep(found[0]) or better
        return False


class _Moves:
    """What becomes of an order when a run comes back at each of some places, as it was and turned round."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.known: dict[int, Orders] = {}

    def of(self, orders: Orders, starts: Orders, length: int, places: Orders) -> Orders:
        """Return, for each order and where its run begins, a row per place and direction."""
        if self.count > _KNOWN:
            drawn = self._drawn(starts, length, places)
        else:
            if length not in self.known:
                self.known[length] = self._drawn(np.arange(self.count - length + 1), length, places)
            drawn = self.known[length].take(starts, axis=0)
        drawn = drawn + (np.arange(len(orders), dtype=np.intp) * self.count)[:, None, None]
        return orders.ravel().take(drawn)

    def _drawn(self, starts: Orders, length: int, places: Orders) -> Orders:
        at = np.arange(self.count, dtype=np.intp)
        begin, place = starts[:, None, None], places[None, :, None]
        inside = (at >= place) & (at < place + length)
        rest = at - np.where(at >= place + length, length, 0)
        rest = rest + np.where(rest >= begin, length, 0)
        forwards = np.where(inside, begin + at - place, rest)
        if length == 1:
            return forwards
        backwards = np.where(inside, begin + length - 1 - at + place, rest)
        return np.concatenate([forwards, backwards], axis=1)
