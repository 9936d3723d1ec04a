"""Random and hostile rows, put into every table that the worker reads, by whoever may: it never stops.

What a role may write is tried out, not listed: the database refuses most of it. `make faults` plays this for minutes,
each round with the next seed; HOSTILE_ROWS and HOSTILE_SEED say how much here, and with which.
"""

import hashlib
import os
import random
from collections import Counter

import asyncpg

from multiagency import worker
from multiagency.assurance.jobs_selfcheck import check
from multiagency.kernel.ids import uuid7
from tests.audit.odd_entries import entry
from tests.audit.test_log import verdict
from tests.kernel.test_row_security import secret_of
from tests.test_worker import quiet, until, working

ROWS, SEED = int(os.environ.get("HOSTILE_ROWS", "150")), int(os.environ.get("HOSTILE_SEED", "1"))
TABLES = (
    *("audit_entry", "audit_detail", "audit_waiting", "audit_refused", "audit_witness", "audit_cosignature"),
    *("audit_demand", "audit_alarm", "outbox", "notice", "session", "due_work"),
)
TREE = ("audit_sequence", "audit_node", "audit_checkpoint")
"""Whoever may number the log can break its tree; then nothing is numbered any more, and all else goes on."""
TEXTS = (
    *("", "x", "\u202e\u0007", "ä" * 50_000, "\U0001f6a8", "todistaja@säkylä.example", "a@b", "<x@kutsu.example>"),
    *(
        "waiting",
        "pending",
        "sent",
        "notice",
        "request",
        "cancel",
        "checkpoint",
        "end_consents",
        "check_log",
        "sweep_log",
    ),
)
MOMENTS = ("infinity", "-infinity", "4000-01-01 BC", "200000-01-01", "1970-01-01", "2014-05-05", "now", "tomorrow")
NUMBERS = ("0", "1", "-1", "7", "32767", "2147483647", "-2147483648", "9223372036854775807")
BYTES = (b"", b"\0", b"x" * 32, b"[" * 50_000, b"{}", b"\xff" * 200_000)


class Hostile:
    """Makes rows with one seed; `known` are ids that exist, by which foreign keys are met now and then."""

    def __init__(self, seed, columns, known):
        self.random, self.columns, self.known = random.Random(seed), columns, known  # noqa: S311

    def row(self, table):
        """Return the values of a row by column, each as text that PostgreSQL reads, None for null."""
        if table == "audit_entry" and self.random.random() < 0.6:
            return self.entry()
        chosen = {}
        for name, kind, nullable in self.columns[table]:
            missing = nullable and self.random.random() < 0.4
            chosen[name] = None if missing else self.value(name, kind)
        return chosen

    def entry(self):
        changes = self.random.choice(
            ({}, {}, {"at": "x"}, {"id": str(uuid7())}, {"kinds": [[[]]]}, {"act": "ä" * 5000})
        )
        row_id, at, body, leaf = entry(**changes)
        if self.random.random() < 0.3:
            body = self.random.choice(BYTES)
            leaf = hashlib.sha256(b"\0" + body).digest()
        at = str(at) if self.random.random() < 0.7 else self.random.choice(MOMENTS)
        return {"id": str(row_id), "at": at, "body": "\\x" + body.hex(), "leaf_hash": "\\x" + leaf.hex()}

    def value(self, name, kind):
        if kind == "uuid":
            there = self.known.get(name, self.known["any"])
            return self.random.choice(there) if self.random.random() < 0.7 else str(uuid7())
        if kind == "bytea":
            return "\\x" + self.random.choice(BYTES).hex()
        if kind.startswith("timestamp"):
            return self.random.choice(MOMENTS)
        if kind == "boolean":
            return self.random.choice(("true", "false"))
        return self.random.choice(TEXTS if kind == "text" else NUMBERS)


async def known_of(house):
    found = {}
    for name, query in {
        "post_id": "SELECT id FROM post",
        "sender_id": "SELECT id FROM post",
        "registered_by": "SELECT id FROM post",
        "agency_id": "SELECT id FROM agency",
        "entry_id": "SELECT id FROM audit_entry",
        "stream_id": "SELECT id FROM notice UNION SELECT id FROM audit_witness",
        "any": "SELECT id FROM post UNION SELECT id FROM case_file",
    }.items():
        found[name] = [str(row["id"]) for row in await house.fetch(query)] or [str(uuid7())]
    return found


async def columns_of(house):
    rows = await house.fetch(
        "SELECT table_name, column_name, data_type, is_nullable = 'YES' AS nullable FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = ANY($1) ORDER BY ordinal_position",
        [*TABLES, *TREE],
    )
    found = {}
    for row in rows:
        found.setdefault(row["table_name"], []).append((row["column_name"], row["data_type"], row["nullable"]))
    return found


async def put(house, role, secret, table, values, kinds):
    """Add the row, or change one to it; tell whether the database let it through."""
    cast = {name: f"${place}::text::{kinds[name]}" for place, name in enumerate(values, 1)}
    adding = f"INSERT INTO {table} ({', '.join(cast)}) VALUES ({', '.join(cast.values())})"
    try:
        async with house.as_role(role, secret) as connection:
            await connection.execute(adding, *values.values())
    except (asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True


async def change(house, role, secret, table, values, kinds):
    """Change whatever rows of the table one may to a single hostile value."""
    name = next(iter(values))
    try:
        async with house.as_role(role, secret) as connection:
            done = await connection.execute(
                f"UPDATE {table} SET {name} = $1::text::{kinds[name]} WHERE ctid = (SELECT ctid FROM {table} LIMIT 1)",
                values[name],
            )
    except (asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return done != "UPDATE 0"


async def doors(house):
    """Every role of the database that a process has, with the sessions that it works with."""
    found = [("signin", None), ("keeper", None), ("worker", (await house.service()).secret)]
    for login in ("officer", "auditor", "administrator", "coordinator"):
        found.append(("app", await secret_of(house, login)))
    return found


async def attack(house, hostile, tables, rows):
    """Try so many rows; return how many of which table by which role were let through."""
    let_through, there = Counter(), await doors(house)
    for _ in range(rows):
        table, (role, secret) = hostile.random.choice(tables), hostile.random.choice(there)
        values = hostile.row(table)
        kinds = {name: kind for name, kind, _ in hostile.columns[table]}
        if hostile.random.random() < 0.2:
            name = hostile.random.choice(list(values))
            let_through[table, role, "changed"] += await change(house, role, secret, table, {name: values[name]}, kinds)
        else:
            let_through[table, role, "added"] += await put(house, role, secret, table, values, kinds)
    return +let_through


async def works(house):
    """Numbers are given, and due work is done."""
    await (await house.person("municipality")).get("/cases")
    await until(lambda: quiet(house))
    now_due = (
        "UPDATE due_work SET due_at = now() - interval '1 second' WHERE kind = 'forget_answers' AND subject_id IS NULL"
    )
    await house.fetch(now_due)
    done = (
        "SELECT FROM due_work WHERE kind = 'forget_answers' AND subject_id IS NULL AND due_at > now() AND attempts = 0"
    )
    await until(lambda: house.fetch(done))


async def test_no_row_that_anybody_may_write_stops_the_worker(ground, sink, monkeypatch):
    monkeypatch.setattr(worker, "_LONGEST_PAUSE", 0.2)
    async with ground.house(sink) as house:
        await house.opened(await house.submitted(), "Heikki")
        hostile = Hostile(SEED, await columns_of(house), await known_of(house))
        let_through = Counter[tuple[str, str, str]]()
        async with working(house.settings):
            for _ in range(max(ROWS // 50, 1)):
                let_through += await attack(house, hostile, TABLES, 50)
                await works(house)
        assert let_through or ROWS < 200, "nothing was tried that the database lets through"
        await check(house.runtime, await house.service())
        unsound = "SELECT count(*) AS n FROM audit_refused"
        refused = (await house.fetch(unsound))[0]["n"]
        alarmed = await house.fetch("SELECT FROM audit_alarm WHERE code = 'entry_refused'")
        assert bool(refused) <= bool(alarmed), "an entry that does not fit, and no alarm"
        assert (await verdict(house))[1]["ok"]
        async with working(house.settings):
            await attack(house, hostile, TREE, 30)
            await house.fetch("UPDATE due_work SET due_at = now() WHERE kind = 'forget_answers'")
            await until(lambda: house.fetch("SELECT FROM due_work WHERE kind = 'forget_answers' AND due_at > now()"))
