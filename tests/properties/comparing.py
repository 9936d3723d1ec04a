"""Where the database and the model are laid side by side; a difference is an AssertionError that says what it is."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import asyncpg
from tests.properties.facts import PEOPLE, Bar, Basis, Grant, Lasting, Row
from tests.properties.looking import CLIENT_TABLES, Standing
from tests.properties.model import Model
from tests.properties.world import World

_CLOSE = timedelta(minutes=1)
_KEPT_BY_ITSELF = "stage_history"
"""The database adds a row with each move of a case (tests/pathways/test_toy.py): only who sees it is compared."""


async def compare(world: World, model: Model) -> None:
    """Compare what stands, and then what each person sees of it. Raises AssertionError with all that differs."""
    await compare_facts(world, model)
    standing = await world.looking.everything()
    compare_rows(world, model, standing)
    rows = [(row, world.row(row, CLIENT_TABLES.get(row.table))) for row in standing]
    wrong: list[str] = []
    for login in PEOPLE:
        seen = await world.looking.seen_with(world.secret(login))
        sight = model.sight(login)
        predicted = {(row.table, row.id) for row, meaning in rows if sight.sees(meaning)}
        wrong += _differences(login, rows, seen, predicted)
    assert not wrong, "what people see differs from the model:\n" + "\n".join(wrong)


def _differences(
    login: str, rows: list[tuple[Standing, Row]], seen: set[tuple[str, Any]], predicted: set[tuple[str, Any]]
) -> list[str]:
    """Say per table what a person sees too much or too little, with the kind of data and whose record it is."""
    counts: Counter[tuple[str, str]] = Counter()
    for row, meaning in rows:
        key = (row.table, row.id)
        if (key in seen) != (key in predicted):
            about = f"{row.table} ({meaning.kind or 'access'}) of {meaning.case}, whose: {meaning.whose}"
            counts["sees, but must not" if key in seen else "does not see, but should", about] += 1
    return [f"  {login} {what}: {count} x {about}" for (what, about), count in sorted(counts.items())]


def compare_rows(world: World, model: Model, standing: Iterable[Standing]) -> None:
    """Compare how many rows of client data stand in whose record."""
    there = Counter(
        (str(world.case(row.case_id)), _called(row), world.named(row.controller))
        for row in standing
        if row.table in CLIENT_TABLES and row.table != _KEPT_BY_ITSELF
    )
    expected = Counter(
        {
            (case.name, table, agency): count
            for case in model.cases
            for (table, agency), count in case.rows.items()
            if count
        }
    )
    _equal("rows of client data", there, expected)


def _called(row: Standing) -> str:
    return "struck party" if row.table == "party" and row.whose is None else row.table


async def compare_facts(world: World, model: Model) -> None:
    """Compare bases, grants and bars one by one; facts that are new in the model are tied to the rows that match."""
    fetch = world.looking.superuser.fetch
    bases = await fetch("SELECT *, agency_id AS whose FROM lawful_basis")
    _tie(model.bases, bases, lambda row: (world.case(row["case_id"]), world.named(row["whose"]), *_what(row, "reason")))
    grants = await fetch("SELECT * FROM access_grant")
    _tie(
        model.grants,
        grants,
        lambda row: (row["basis_id"], world.named(row["post_id"]), *_what(row, "occasion", "capability")),
    )
    bars = await fetch("SELECT *, NULL AS ended_at FROM access_bar")
    _tie(model.bars, bars, lambda row: (world.case(row["case_id"]), _kept_out(world, row)))


def _kept_out(world: World, row: asyncpg.Record) -> str | None:
    return world.named(row["person_id"] or row["agency_id"])


def _what(row: asyncpg.Record, *columns: str) -> tuple[Any, ...]:
    return (*(row[column] for column in columns), frozenset(row["kinds"]))


def _described(fact: Lasting) -> tuple[Any, ...]:
    match fact:
        case Basis():
            return (fact.case, fact.agency, fact.reason, fact.kinds)
        case Grant():
            return (fact.basis.id, fact.login, fact.occasion, fact.capability, fact.kinds)
        case Bar():
            return (fact.case, fact.login or fact.agency)
    raise TypeError(fact)


def _tie(facts: list[Any], rows: list[asyncpg.Record], describe: Any) -> None:
    by_id = {row["id"]: row for row in rows}
    free = by_id.keys() - {fact.id for fact in facts}
    for fact in facts:
        if fact.id is None:
            fact.id = next((row_id for row_id in sorted(free) if describe(by_id[row_id]) == _described(fact)), None)
            free -= {fact.id}
    _equal(
        "bases, grants and bars",
        Counter((describe(row), "ended" if row["ended_at"] else "not ended") for row in rows),
        Counter((_described(fact), "ended" if fact.over else "not ended") for fact in facts),
    )
    for fact in facts:
        there = by_id[fact.id]["valid_to"]
        same = there == fact.ends if None in (there, fact.ends) else abs(there - fact.ends) < _CLOSE
        assert fact.over or same, f"{_say(_described(fact))} holds until {there}, in the model until {fact.ends}"


def _equal(what: str, there: "Counter[Any]", expected: "Counter[Any]") -> None:
    extra, missing = there - expected, expected - there
    lines = [f"  not in the model: {count} x {_say(thing)}" for thing, count in extra.items()]
    lines += [f"  only in the model: {count} x {_say(thing)}" for thing, count in missing.items()]
    assert not lines, f"{what} differ from the model:\n" + "\n".join(lines)


def _say(thing: Any) -> str:
    if isinstance(thing, frozenset):
        return "{" + ", ".join(sorted(thing)) + "}"
    if isinstance(thing, tuple):
        return " ".join(_say(part) for part in thing)
    return str(thing)
