"""Random and hostile rows for the log's tables and those beside it, as each database role may try to insert them."""

import hashlib
import json
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg

from multiagency.kernel.ids import uuid7

TABLES = (
    "audit_entry",
    "audit_detail",
    "audit_sequence",
    "audit_node",
    "audit_checkpoint",
    "audit_cosignature",
    "audit_pruning",
    "audit_witness",
    "audit_demand",
    "audit_alarm",
    "data_key",
    "notice",
    "outbox",
)
PROVING = frozenset(TABLES[:8])
"""What does not fit in these is an alarm; a row too many in the others harms nobody."""

_COLUMNS = """
    SELECT column_name, udt_name, is_nullable = 'YES' AS nullable FROM information_schema.columns
    WHERE table_name = $1 AND table_schema = 'public' AND has_column_privilege($2, $1::regclass, column_name, 'INSERT')
    ORDER BY ordinal_position
"""


def _times(dice: random.Random) -> list[str]:
    near = datetime.now(UTC) - timedelta(seconds=dice.randrange(60))
    return ["infinity", "-infinity", "0044-03-15 BC", "9999-12-31", "1970-01-01", near.isoformat()]


def _texts(dice: random.Random) -> list[str]:
    name = dice.choice(("x", "\u202e", "\U0001f600", "%s", "{{ 7 }}", "';--"))
    line = "\u2014 witness.example AAAA\n"
    return [
        "",
        name,
        name * 20_000,
        line,
        "a+b+c",
        f"log-{datetime.now(UTC).year}",
        "0" * 16,
        "pending",
        "sent",
        "risk",
    ]


def _bodies(dice: random.Random) -> list[bytes]:
    said = {"version": 2, "id": str(uuid7()), "at": datetime.now(UTC).isoformat(timespec="microseconds")}
    said |= dict.fromkeys(("act", "purpose", "mode", "result", "detail"), "sign_in") | {"kinds": []}
    odd = dice.choice(list(said))
    wrong = said | {odd: dice.choice((None, 7, [], {}, "x", "9999-99-99", True))}
    deep = b"[" * dice.choice((50, 5_000, 500_000))
    return [b"", b"x", bytes(60), bytes(100_000), deep, *(json.dumps(one).encode() for one in (said, wrong))]


def _value(kind: str, dice: random.Random, known: list[object]) -> object:
    if dice.random() < 0.25:
        return dice.choice(known) if known else None
    made = {
        "timestamptz": _times,
        "bool": lambda d: [True, False],
        "text": _texts,
        "bytea": _bodies,
        "int2": lambda d: [-1, 0, 1, 32_767],
        "int4": lambda d: [-1, 0, 1, 2**31 - 1],
        "int8": lambda d: [-1, 0, 1, 3, 2**62, 2**63 - 1],
        "uuid": lambda d: [str(uuid7()), "0" * 32, "f" * 32],
    }[kind](dice)
    return dice.choice(made)


async def rows(
    connection: asyncpg.Connection, role: str, seed: int, number: int
) -> AsyncIterator[tuple[str, str, list[object]]]:
    """Yield table, statement and values of so many rows that this role has the privileges to try."""
    dice = random.Random(f"{role} {seed}")  # noqa: S311 (so that a seed plays again)
    tables = {table: await connection.fetch(_COLUMNS, table, f"multiagency_{role}") for table in TABLES}
    there = {table: columns for table, columns in tables.items() if columns}
    known = {table: await connection.fetch(f"SELECT * FROM {table} LIMIT 5") for table in there}
    for _ in range(number if there else 0):
        table = dice.choice(list(there))
        yield table, *_statement(table, there[table], known[table], dice)


def _statement(
    table: str, columns: list[asyncpg.Record], known: list[asyncpg.Record], dice: random.Random
) -> tuple[str, list[object]]:
    given = {}
    for name, kind, nullable in columns:
        seen = [row[name] for row in known]
        value = None if nullable and dice.random() < 0.3 else _value(kind, dice, seen)
        given[name] = (kind, value if value is None or isinstance(value, bytes) else str(value))
    if table == "audit_entry" and dice.random() < 0.7:  # with a hash that fits, and columns that do
        body = given["body"][1] or b""
        given["leaf_hash"] = ("bytea", hashlib.sha256(b"\0" + body).digest())
        for name, value in _said_by(body).items():
            given[name] = (given[name][0], value)
    marks = (f"${n}::{'bytea' if kind == 'bytea' else 'text'}::{kind}" for n, (kind, _) in enumerate(given.values(), 1))
    statement = f"INSERT INTO {table} ({', '.join(given)}) VALUES ({', '.join(marks)})"
    return statement, [value for _, value in given.values()]


def _said_by(body: bytes) -> dict[str, str]:
    try:
        said = json.loads(body)
        return {name: said[name] for name in ("id", "at") if isinstance(said[name], str)}
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}
