"""What tests and the bench put in order: random agendas, published instances, and every order tried from the words."""

import itertools
import random
import re
from pathlib import Path
from typing import Any

TALENT = Path(__file__).parent / "talent"


def published(name: str) -> dict[str, Any]:
    """Return a published instance as the command reads it."""
    text = (TALENT / f"{name}.dzn").read_text("utf-8")
    rows = re.search(r"\[\|(.*)\|\]", text, re.DOTALL)
    assert rows
    needed = [[int(one) for one in row.split(",")] for row in rows[1].split("|")]
    costs, days = (
        [int(one) for one in found[1].split(",")]
        for found in (re.search(rf"^{letter} = \[(.*)\]", text, re.MULTILINE) for letter in "cd")
        if found
    )
    items = [
        {
            "id": f"s{scene + 1}",
            "minutes": day,
            "people": [f"a{actor + 1}" for actor, row in enumerate(needed) if row[scene]],
        }
        for scene, day in enumerate(days)
    ]
    return {"items": items, "weights": {f"a{actor + 1}": cost for actor, cost in enumerate(costs)}}


def worked(said: dict[str, Any]) -> int:
    """Return what the time costs in which people are needed: published costs hold it."""
    return sum(said["weights"][person] * item["minutes"] for item in said["items"] for person in item["people"])


def agenda(cases: int, people: int, seed: int, share: float = 0.35) -> dict[str, Any]:
    """Return a random agenda without rules."""
    chance = random.Random(seed)  # noqa: S311
    return {
        "items": [
            {
                "id": f"c{number}",
                "minutes": chance.choice([10, 15, 20, 30]),
                "people": [f"p{person}" for person in range(people) if chance.random() < share],
            }
            for number in range(cases)
        ]
    }


def ruled(cases: int, people: int, seed: int, kinds: tuple[str, ...]) -> dict[str, Any]:
    """Return a random agenda with weights and one to five rules of some kinds."""
    chance = random.Random(f"{seed} {kinds}")  # noqa: S311
    said = agenda(cases, people, seed, chance.choice([0.2, 0.4, 0.6]))
    for item in said["items"]:
        item["minutes"] = chance.choice([0, 5, 7.5, 10, 10, 15, 20])
    names = sorted({person for item in said["items"] for person in item["people"]})
    said["weights"] = {name: chance.choice([0, 0.5, 1, 2, 3.25]) for name in names if chance.random() < 0.5}
    total = int(sum(item["minutes"] for item in said["items"]))
    rules: list[dict[str, Any]] = []
    for _ in range(chance.randint(1, 5)):
        one, other = chance.sample([item["id"] for item in said["items"]], 2)
        early, late = chance.randint(0, total // 3), chance.randint(total // 3, total + 20)
        some = chance.sample([item["id"] for item in said["items"]], chance.randint(1, min(3, cases)))
        match chance.choice(kinds):
            case "first":
                rules.append({"first": some})
            case "not_before":
                rules.append({"not_before": [one, chance.randint(0, total // 2)]})
            case "not_after":
                rules.append({"not_after": [one, late]})
            case "person" if names:
                rules.append({"person": [chance.choice(names), early, late + 10]})
            case "break":
                rules.append({"break": [chance.randint(0, total), chance.choice([0, 5, 15])]})
            case kind if kind != "person":
                rules.append({kind: [one, other]})
    return {**said, "constraints": rules}


def tried(said: dict[str, Any]) -> float | None:
    """Return the least waiting among all orders that keep the rules, or None; straight from what the words mean."""
    costs = [waited(said, order) for order in itertools.permutations(said["items"]) if keeps(said, order)]
    return min(costs, default=None)


def waited(said: dict[str, Any], order: Any) -> float:
    """Count minute by minute of items who waits."""
    total = 0.0
    for name in {person for item in order for person in item["people"]}:
        theirs = [name in item["people"] for item in order]
        first, last = theirs.index(True), len(theirs) - 1 - theirs[::-1].index(True)
        idle = sum(item["minutes"] for item, needs in zip(order, theirs, strict=True) if not needs)
        outside = [*order[:first], *order[last + 1 :]]
        total += said.get("weights", {}).get(name, 1) * (idle - sum(item["minutes"] for item in outside))
    return total


def keeps(said: dict[str, Any], order: Any) -> bool:
    """Tell whether an order keeps all rules."""
    breaks = sorted(rule["break"] for rule in said.get("constraints", ()) if "break" in rule)
    clock, begin, end = 0.0, {}, {}
    for item in order:
        while breaks and clock >= breaks[0][0]:
            clock += breaks.pop(0)[1]
        begin[item["id"]] = clock
        clock += item["minutes"]
        end[item["id"]] = clock
    ids = [item["id"] for item in order]
    return all(_holds(rule, order, ids, begin, end) for rule in said.get("constraints", ()))


def _holds(rule: dict[str, Any], order: Any, ids: list[str], begin: dict[str, float], end: dict[str, float]) -> bool:
    [(kind, values)] = rule.items()
    if kind == "first":
        return set(ids[: len(values)]) == set(values)
    if kind == "before":
        return ids.index(values[0]) < ids.index(values[1])
    if kind == "not_before":
        return begin[values[0]] >= values[1]
    if kind == "not_after":
        return begin[values[0]] <= values[1]
    if kind == "person":
        theirs = [item["id"] for item in order if values[0] in item["people"]]
        return all(begin[name] >= values[1] and end[name] <= values[2] for name in theirs)
    beside = set(values) in [set(pair) for pair in itertools.pairwise(ids)]
    return {"adjacent": beside, "apart": not beside}.get(kind, True)
