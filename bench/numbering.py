"""How fast the log is numbered, in a short log and beside millions of entries that have their numbers already.

Entries are made as the service makes them, but for their details. What was numbered before is made by the database
itself: entries, numbers and the whole tree over them, so that the sequencer goes on as it would. Beside it a plain loop
that hashes the same leaves into the same tree says what the tree itself costs. Prints figures; `--json` as one object.
"""

import argparse
import asyncio
import hashlib
import json
import logging
import sys
import time
from typing import Any

import asyncpg
from tests.audit.odd_entries import entry
from tests.growing import ENTRIES, NUMBERS, plant
from tests.house import Ground, House, standing

from multiagency.audit.tree import Frontier

GOAL = 5000
"""Entries a second, however long the log is."""
COLUMNS = ("id", "at", "body", "leaf_hash")
STEP = 500_000


async def fill(connection: asyncpg.Connection, entries: int) -> None:
    """Put so many numbered entries and their tree there, past the trigger and the keys, which they fit."""
    await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    await connection.execute("TRUNCATE audit_sequence, audit_node, audit_waiting, audit_checkpoint CASCADE")
    await connection.execute("DELETE FROM audit_detail; DELETE FROM audit_entry")
    for begin in range(0, entries, STEP):
        end = min(begin + STEP, entries)
        await connection.execute(ENTRIES, begin, end, timeout=600)
        await connection.execute(NUMBERS, begin, end, timeout=600)
    await plant(connection)
    await connection.execute("SET session_replication_role = origin")
    await connection.execute("ANALYZE audit_entry; ANALYZE audit_sequence; ANALYZE audit_node", timeout=600)


async def put(connection: asyncpg.Connection, waiting: int) -> list[bytes]:
    """Let so many new entries wait; return their leaves."""
    rows = [entry() for _ in range(waiting)]
    await connection.copy_records_to_table("audit_entry", records=rows, columns=COLUMNS)
    await connection.execute("ANALYZE audit_waiting")
    return [row[3] for row in rows]


def hashing(leaves: list[bytes], size: int) -> float:
    """Hash the same leaves into a tree of this size; return the seconds it took."""
    edge = Frontier(size, [hashlib.sha256(bytes([level])).digest() for level in range(size.bit_count())])
    began = time.perf_counter()
    for leaf in leaves:
        edge.append(leaf)
    return time.perf_counter() - began


async def measure(house: House, waiting: int, before: int) -> dict[str, Any]:
    """Number so many entries behind so many; return the figures."""
    connection = await house.superuser()
    began = time.perf_counter()
    if before:
        await fill(connection, before)
    filled = time.perf_counter() - began
    await house.number_log()
    leaves = await put(connection, waiting)
    began = time.perf_counter()
    await house.number_log()
    took = time.perf_counter() - began
    idle = time.perf_counter()
    for _ in range(20):
        await house.number_log()
    idle = (time.perf_counter() - idle) / 20
    size = await connection.fetchval("SELECT max(index) + 1 FROM audit_sequence")
    left = await connection.fetchval("SELECT count(*) FROM audit_waiting")
    await connection.close()
    return {
        "entries in the log": size,
        "waiting": waiting,
        "left waiting": left,
        "filled in, seconds": round(filled, 1),
        "numbered a second": round(waiting / took),
        "hashing loop / numbering": round(hashing(leaves, size) / took, 3),
        "a turn with nothing to do, ms": round(idle * 1000, 1),
    }


async def behind(ground: Ground, waiting: int, before: int) -> dict[str, Any]:
    """Measure in a house of its own."""
    async with ground.house() as house:
        return await measure(house, waiting, before)


def show(found: list[dict[str, Any]]) -> None:
    """Print the newest figures, and how they compare with those of the shortest log."""
    for name, value in found[-1].items():
        goal = f"  (goal: at least {GOAL})" if name == "numbered a second" else ""
        sys.stdout.write(f"{name:32} {value}{goal}\n")
    ratio = found[0]["numbered a second"] / found[-1]["numbered a second"]
    sys.stdout.write(f"{'shortest log / this one':32} {ratio:.2f}\n\n")
    sys.stdout.flush()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench NAME=numbering", description=__doc__)
    parser.add_argument("--waiting", type=int, default=100_000, help="entries that wait for their numbers")
    parser.add_argument("--before", type=int, nargs="*", default=[0, 1_000_000, 10_000_000], help="numbered before")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    found: list[dict[str, Any]] = []
    with standing(durable=True) as ground:
        for entries in options.before:
            found.append(asyncio.run(behind(ground, options.waiting, entries)))
            if not options.json:
                show(found)
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
