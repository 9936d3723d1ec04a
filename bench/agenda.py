"""How well and how fast the cases of a meeting are put in order, beside others on the same agendas.

Beside it: the order as entered, a greedy order, the best of a thousand descents of a simple local search from random
orders, and CP-SAT (OR-tools), which is told the same seconds as a thousand descents took, and at most `--seconds`. All
run here, one after the other; figures are ratios of waiting to the least that anybody found. `--json` as one object.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from typing import Any

from ortools.sat.python import cp_model
from tests.meetings.orders import agenda

from multiagency.meetings.ordering.given import wanted
from multiagency.meetings.ordering.solving import solve

SIZES = ((20, 20), (24, 20), (30, 20))
RESTARTS = 1000


class Agenda:
    """An agenda in plain numbers: people of an item are bits."""

    def __init__(self, said: dict[str, Any]) -> None:
        """Count people and minutes."""
        names = sorted({name for item in said["items"] for name in item["people"]})
        self.minutes = [item["minutes"] for item in said["items"]]
        self.people = [sum(1 << names.index(name) for name in item["people"]) for item in said["items"]]
        self.names, self.count = names, len(self.minutes)

    def waiting(self, order: list[int]) -> int:
        """Return the minutes that all wait together."""
        stays, late = [0] * self.count, 0
        for place in range(self.count - 1, -1, -1):
            late |= self.people[order[place]]
            stays[place] = late
        total = come = 0
        for place, item in enumerate(order):
            come |= self.people[item]
            total += self.minutes[item] * (come & stays[place] & ~self.people[item]).bit_count()
        return total


def greedy(agenda: Agenda) -> list[int]:
    """Begin with each item in turn, go on with whatever lets people wait least then; return the best."""
    return min((_greedy(agenda, start) for start in range(agenda.count)), key=agenda.waiting)


def _greedy(agenda: Agenda, start: int) -> list[int]:
    order, left = [start], set(range(agenda.count)) - {start}
    here = agenda.people[start]
    while left:
        needed = 0
        for item in left:
            needed |= agenda.people[item]
        costs = {
            item: (agenda.minutes[item] * (here & needed & ~agenda.people[item]).bit_count(), item) for item in left
        }
        item = min(left, key=lambda one: costs[one])
        order.append(item)
        left.remove(item)
        here |= agenda.people[item]
    return order


def descents(agenda: Agenda) -> list[int]:
    """Return the best of a thousand random orders, each improved by moving items as long as that helps."""
    chance = random.Random(1)  # noqa: S311
    best = list(range(agenda.count))
    for _ in range(RESTARTS):
        order = list(range(agenda.count))
        chance.shuffle(order)
        best = min(best, _descent(agenda, order), key=agenda.waiting)
    return best


def _descent(agenda: Agenda, order: list[int]) -> list[int]:
    cost, better = agenda.waiting(order), True
    while better:
        better = False
        for place in range(agenda.count):
            rest = order[:place] + order[place + 1 :]
            for to in range(agenda.count):
                moved = [*rest[:to], order[place], *rest[to:]]
                if (now := agenda.waiting(moved)) < cost:
                    order, cost, better = moved, now, True
                    break
    return order


def constraint_solver(agenda: Agenda, seconds: float) -> tuple[list[int], float]:
    """Return the order that CP-SAT finds, and its bound: booleans say which of two items comes first."""
    model, count = cp_model.CpModel(), agenda.count
    first = {(a, b): model.new_bool_var("") for a in range(count) for b in range(a + 1, count)}

    def before(a: int, b: int) -> Any:
        return first[a, b] if a < b else first[b, a].negated()

    for a in range(count):
        for b in range(count):
            for c in range(count):
                if a != b != c != a:
                    model.add_bool_or(before(a, b).negated(), before(b, c).negated(), before(a, c))
    waits = []
    for person in range(len(agenda.names)):
        theirs = [item for item in range(count) if agenda.people[item] >> person & 1]
        for item in (item for item in range(count) if item not in theirs and len(theirs) > 1):
            came, stays, idle = (model.new_bool_var("") for _ in range(3))
            for other in theirs:
                model.add_implication(before(other, item), came)
                model.add_implication(before(item, other), stays)
            model.add_bool_or(came.negated(), stays.negated(), idle)
            waits.append(agenda.minutes[item] * idle)
    model.minimize(sum(waits))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return list(range(count)), 0.0
    ahead = [
        sum(solver.boolean_value(before(other, item)) for other in range(count) if other != item)
        for item in range(count)
    ]
    return sorted(range(count), key=lambda item: ahead[item]), solver.best_objective_bound


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """Return what an act gives, and the seconds it took."""
    began = time.perf_counter()
    found = act()
    return found, time.perf_counter() - began


def compared(cases: int, people: int, seed: int, most: float) -> dict[str, Any]:
    """Put one agenda in order in every way."""
    said = agenda(cases, people, seed)
    plain = Agenda(said)
    ours, took = timed(lambda: solve(wanted(said), 10))
    rows = {"ours": (ours.order, took), "as entered": (list(range(cases)), 0.0)}
    rows["greedy"] = timed(lambda: greedy(plain))
    rows["1000 restarts"] = timed(lambda: descents(plain))
    (order, bound), spent = timed(lambda: constraint_solver(plain, min(most, rows["1000 restarts"][1])))
    rows["CP-SAT"] = order, spent
    costs = {name: plain.waiting(order) for name, (order, _) in rows.items()}
    least = min(costs.values())
    return {
        "cases": cases,
        "people": people,
        "seed": seed,
        "waiting": costs,
        "ratio": {name: round(cost / least, 3) for name, cost in costs.items()},
        "seconds": {name: round(spent, 3) for name, (_, spent) in rows.items()},
        "proved": ours.optimal,
        "bound": float(ours.lower_bound / least),
        "bound of CP-SAT": bound / least,
    }


def main() -> int:
    """Compare on a few agendas of each size; return 1 where a thousand restarts found a better order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--agendas", type=int, default=2, help="of each size")
    parser.add_argument("--seconds", type=float, default=30, help="for CP-SAT at most")
    options = parser.parse_args()
    rows = []
    for cases, people in SIZES:
        for seed in range(options.agendas):
            rows.append(row := compared(cases, people, seed, options.seconds))
            if not options.json:
                sys.stdout.write(_words(row))
                sys.stdout.flush()
    if options.json:
        sys.stdout.write(f"{json.dumps(rows)}\n")
    return int(any(row["waiting"]["ours"] > row["waiting"]["1000 restarts"] for row in rows))


def _words(row: dict[str, Any]) -> str:
    sure = "proved" if row["proved"] else f"bound {row['bound']:.2f}"
    lines = [
        f"{row['cases']} cases × {row['people']} people, agenda {row['seed']} ({sure}; "
        f"CP-SAT's bound {row['bound of CP-SAT']:.2f})"
    ]
    lines += [
        f"  {name:<14} {row['waiting'][name]:>6} min {ratio:>6.3f} of the least {row['seconds'][name]:>8.3f} s"
        for name, ratio in row["ratio"].items()
    ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main())
