"""Reads and checks what is to be put in order: items with their minutes and people, weights, and rules.

Numbers are kept exactly. Whatever is not as the form says is refused, never guessed: an order that silently ignores a
mistyped rule would send somebody into a room too early.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn, TypeAlias

Id: TypeAlias = str | int

MOST_BYTES = 4_000_000
MOST_ITEMS = 1_000
MOST_PEOPLE = 5_000
MOST_RULES = 2_000
MOST_MINUTES = 1_000_000
FINEST = 6
"""Decimals of a minute."""
_KEYS = ("items", "weights", "constraints")


class OrderRefused(ValueError):
    """What was given cannot be ordered; `conflict` names the rules or the part of the input that forbid it."""

    def __init__(self, error: str, conflict: list[Any] | None = None) -> None:
        """Keep the sentence and what it is about."""
        super().__init__(error)
        self.conflict = conflict or []


@dataclass(frozen=True, slots=True)
class OrderItem:
    """A case: how long it takes in minutes, and who is needed in it."""

    id: Id
    minutes: Fraction
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class OrderRule:
    """A constraint: `items` are places in the list of items, `numbers` minutes, `said` the constraint as it came."""

    kind: str
    said: dict[str, Any]
    items: tuple[int, ...] = ()
    numbers: tuple[Fraction, ...] = ()
    person: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything that is to be put in order; whoever has no weight has 1."""

    items: tuple[OrderItem, ...]
    weights: dict[str, Fraction]
    rules: tuple[OrderRule, ...]

    def weight(self, person: str) -> Fraction:
        """Return how much a minute of somebody's waiting counts."""
        return self.weights.get(person, Fraction(1))


def read(raw: bytes) -> Wanted:
    """Read a JSON document. Raises `OrderRefused`."""
    if len(raw) > MOST_BYTES:
        raise OrderRefused(f"more than {MOST_BYTES} bytes")
    try:
        found = json.loads(raw.decode("utf-8"), parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once)
    except RecursionError:
        raise OrderRefused("nested too deeply") from None
    except OrderRefused:
        raise
    except ValueError as error:
        raise OrderRefused(f"not JSON: {error}") from None
    return wanted(found)


def wanted(found: Any) -> Wanted:
    """Check a document that has been parsed. Raises `OrderRefused`."""
    if not isinstance(found, dict):
        raise OrderRefused("not an object with items")
    if unknown := sorted(set(found) - set(_KEYS)):
        raise OrderRefused(f"unknown: {', '.join(unknown)}", unknown)
    if "items" not in found:
        raise OrderRefused("items are missing")
    items = tuple(_item(one) for one in _listed(found["items"], "items", MOST_ITEMS))
    places: dict[Id, int] = {}
    for place, item in enumerate(items):
        if item.id in places:
            raise OrderRefused(f"two items are called {item.id!r}", [item.id])
        places[item.id] = place
    weights = _weights(found.get("weights", {}))
    people = {person for item in items for person in item.people} | set(weights)
    if len(people) > MOST_PEOPLE:
        raise OrderRefused(f"more than {MOST_PEOPLE} people")
    said = _listed(found.get("constraints", []), "constraints", MOST_RULES)
    return Wanted(items, weights, tuple(_rule(one, places, people) for one in said))


def _item(found: Any) -> OrderItem:
    if not isinstance(found, dict) or set(found) != {"id", "minutes", "people"}:
        raise OrderRefused("an item is an object of id, minutes and people", [_plain(found)])
    name = found["id"]
    if not isinstance(name, str | int) or isinstance(name, bool) or name == "":
        raise OrderRefused("the id of an item is a word or a whole number", [_plain(found)])
    people = _listed(found["people"], f"the people of {name!r}", MOST_PEOPLE, [_plain(found)])
    for person in people:
        if not isinstance(person, str) or not person:
            raise OrderRefused(f"the people of {name!r} are words", [_plain(found)])
    if len(set(people)) < len(people):
        raise OrderRefused(f"somebody is named twice in {name!r}", [_plain(found)])
    return OrderItem(name, _minutes(found["minutes"], [_plain(found)]), frozenset(people))


def _weights(found: Any) -> dict[str, Fraction]:
    if not isinstance(found, dict):
        raise OrderRefused("weights are an object of people and numbers")
    for person, weight in found.items():
        if not _is_number(weight) or not 0 <= weight <= MOST_MINUTES:
            raise OrderRefused(
                f"the weight of {person!r} is a number from 0 to {MOST_MINUTES}", [{person: _plain(weight)}]
            )
    return {person: Fraction(weight if isinstance(weight, int) else _short(weight)) for person, weight in found.items()}


def _rule(found: Any, places: dict[Id, int], people: set[str]) -> OrderRule:
    said = _plain(found)
    if not isinstance(found, dict) or len(found) != 1:
        raise OrderRefused("a constraint is an object with one form", [said])
    kind, values = next(iter(found.items()))
    if kind not in _FORMS:
        raise OrderRefused(f"unknown form of a constraint: {kind!r}", [said])
    count, read_values = _FORMS[kind]
    if not isinstance(values, list) or (count and len(values) != count):
        raise OrderRefused(f"{kind!r} takes a list{f' of {count}' if count else ''}", [said])

    def place(value: Any) -> int:
        if not isinstance(value, str | int) or isinstance(value, bool) or value not in places:
            raise OrderRefused(f"no item is called {_plain(value)!r}", [said])
        return places[value]

    def minutes(value: Any) -> Fraction:
        return _minutes(value, [said])

    rule = read_values(kind, said, values, place, minutes)
    if len(set(rule.items)) < len(rule.items):
        raise OrderRefused(f"{kind!r} names an item twice", [said])
    if kind == "person" and rule.person not in people:
        raise OrderRefused(f"nobody is called {rule.person!r}", [said])
    return rule


_Place: TypeAlias = Callable[[Any], int]
_Minutes: TypeAlias = Callable[[Any], Fraction]


def _of_items(kind: str, said: dict[str, Any], values: list[Any], place: _Place, minutes: _Minutes) -> OrderRule:
    return OrderRule(kind, said, tuple(place(value) for value in values))


def _of_start(kind: str, said: dict[str, Any], values: list[Any], place: _Place, minutes: _Minutes) -> OrderRule:
    return OrderRule(kind, said, (place(values[0]),), (minutes(values[1]),))


def _of_person(kind: str, said: dict[str, Any], values: list[Any], place: _Place, minutes: _Minutes) -> OrderRule:
    if not isinstance(values[0], str):
        raise OrderRefused("a person is named by a word", [said])
    return OrderRule(kind, said, numbers=(minutes(values[1]), minutes(values[2])), person=values[0])


def _of_break(kind: str, said: dict[str, Any], values: list[Any], place: _Place, minutes: _Minutes) -> OrderRule:
    return OrderRule(kind, said, numbers=(minutes(values[0]), minutes(values[1])))


_FORMS: dict[str, tuple[int, Callable[[str, dict[str, Any], list[Any], _Place, _Minutes], OrderRule]]] = {
    "first": (0, _of_items),
    "before": (2, _of_items),
    "adjacent": (2, _of_items),
    "apart": (2, _of_items),
    "not_before": (2, _of_start),
    "not_after": (2, _of_start),
    "person": (3, _of_person),
    "break": (2, _of_break),
}
"""How many values each form takes (0: any number), and how they are read."""


def _listed(found: Any, name: str, most: int, about: list[Any] | None = None) -> list[Any]:
    if not isinstance(found, list):
        raise OrderRefused(f"{name}: not a list", about)
    if len(found) > most:
        raise OrderRefused(f"{name}: more than {most}", about)
    return found


def _minutes(value: Any, about: list[Any]) -> Fraction:
    if not _is_number(value) or not 0 <= value <= MOST_MINUTES:
        raise OrderRefused(f"minutes are a number from 0 to {MOST_MINUTES}", about)
    if isinstance(value, int):
        return Fraction(value)
    if _decimals(value) > FINEST:
        raise OrderRefused(f"minutes have at most {FINEST} decimals", about)
    return Fraction(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _short(value: Decimal) -> Decimal | float:
    """Return a weight whose denominator is no monster; beyond the digits of a float it makes no difference."""
    return value if _decimals(value) <= FINEST else float(value)


def _plain(value: Any) -> Any:
    """Return what was read as it can be printed as JSON again."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted(name for name in found if names.count(name) > 1)
        raise OrderRefused(f"stands there twice: {', '.join(twice)}", twice)
    return found


def _no_number(constant: str) -> NoReturn:
    raise OrderRefused(f"{constant} is not JSON")
