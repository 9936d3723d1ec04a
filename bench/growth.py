"""What becomes dearer as the service fills: the same pages and jobs among ten thousand cases and among a million.

Both databases stand in one cluster, and are measured in turns: A, B, A, B. Each holds a case as it is after its
meeting, and so many copies of it, of other teams and people, with ten entries of the log each. Two people are looked
at: one who refers three cases, and one who refers two thousand. Requests go through the whole application; jobs are
turns of the worker. Prints medians and the 99th percentile in milliseconds, and the ratio of the medians; `--json` as
one object.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from statistics import median, quantiles
from typing import Any

from tests import full_case
from tests.growing import grow, grow_log, plant
from tests.house import House, standing

GOAL = 1.2
"""Highest ratio of the medians."""
EACH = 10
"""Entries of the log for each case."""
HELD = 2000
HOLDING = """
    WITH given AS (
        INSERT INTO lawful_basis (id, case_id, agency_id, reason, kinds, valid_from)
        SELECT gen_random_uuid(), c.id, p.agency_id, 'own_record', b.kinds, now()
        FROM (SELECT id FROM case_file WHERE reference LIKE 'copy-%' ORDER BY id DESC LIMIT $1) c,
             post p JOIN credential k ON k.post_id = p.id AND k.login = 'officer-2',
             LATERAL (SELECT kinds FROM lawful_basis WHERE reason = 'own_record' LIMIT 1) b
        RETURNING id, case_id, kinds)
    INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, capability, kinds, valid_from)
    SELECT gen_random_uuid(), case_id, (SELECT post_id FROM credential WHERE login = 'officer-2'), id, 'referral',
           'refer', kinds, now()
    FROM given
"""

Sample = Callable[[], Awaitable[Any]]


async def filled(house: House, cases: int) -> dict[str, Sample]:
    """Fill a house, and return what is measured there, by name."""
    names = await full_case.followed_up(house, 2, [await house.post_of("Heikki")], 1)
    own = [await house.draft() for _ in range(2)]
    theirs = await house.submitted("officer-2")
    connection = await house.superuser()
    case = await connection.fetchval("SELECT id FROM case_file WHERE reference = $1", names["reference"])
    await grow(connection, case, 0, cases)
    await grow_log(connection, case, 0, cases * EACH, EACH)
    await connection.execute("SET session_replication_role = replica")
    await plant(connection)
    await connection.execute("SET session_replication_role = origin")
    await connection.execute(HOLDING, HELD - 1)
    await connection.execute("VACUUM ANALYZE", timeout=3600)
    size = await connection.fetchval("SELECT pg_size_pretty(pg_database_size(current_database()))")
    sys.stderr.write(f"{cases} cases: {size}\n")
    await connection.close()
    await house.number_log()
    person = await house.fetch("SELECT person_id FROM post JOIN credential ON post_id = id WHERE login = 'shelter'")

    def page(login: str, path: str) -> Sample:
        async def get() -> None:
            answer = await house.http.get(path, headers=(await house.person(login))._headers)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}")

        return get

    async def opening() -> None:
        await (await house.person("officer")).post("/cases", {"team": await house.team()}, 201)

    return {
        "open a case": opening,
        "case page, who refers 3": page("officer", f"/cases/{own[0]}"),
        f"case page, who refers {HELD}": page("officer-2", f"/cases/{theirs}"),
        "home": page("officer", "/"),
        "list, who refers 3": page("officer", "/cases"),
        f"list, who refers {HELD}": page("officer-2", "/cases"),
        "meeting page": page("coordinator", f"/meetings/{names['meeting']}"),
        "log": page("auditor", "/api/v1/audit/entries"),
        "log by person": page("auditor", f"/api/v1/audit/entries?person={person[0]['person_id']}"),
        "log by case": page("auditor", f"/api/v1/audit/entries?case={names['reference']}"),
        "outbox, nothing waits": house.deliver,
        "numbering and checkpoint": house.number_log,
    }


async def in_turns(sides: list[dict[str, Sample]], rounds: int) -> dict[str, list[list[float]]]:
    """Measure everything on both sides, alternately, after a few rounds that do not count; milliseconds."""
    times: dict[str, list[list[float]]] = {name: [[] for _ in sides] for name in sides[0]}
    for number in range(3 + rounds):
        for name, taken in times.items():
            for side, found in zip(sides, taken, strict=True):
                began = time.perf_counter()
                await side[name]()
                if number >= 3:
                    found.append((time.perf_counter() - began) * 1000)
    return times


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Fill two houses and measure them."""
    async with AsyncExitStack() as stack:
        sides = []
        for cases in options.cases:
            house = await stack.enter_async_context(options.ground.house())
            sides.append(await filled(house, cases))
        times = await in_turns(sides, options.rounds)
    return {
        name: {
            "median_ms": [round(median(side), 2) for side in taken],
            "p99_ms": [round(quantiles(side, n=100)[98], 2) for side in taken],
            "ratio": round(median(taken[1]) / median(taken[0]), 3),
        }
        for name, taken in times.items()
    }


def main() -> int:
    """Measure and print; return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="make bench NAME=growth", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--cases", type=int, nargs=2, default=[10_000, 1_000_000], help="how many on either side")
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    with standing() as options.ground:
        found = asyncio.run(measure(options))
    if options.json:
        sys.stdout.write(json.dumps({"cases": options.cases, "goal": GOAL, "found": found}) + "\n")
    else:
        for name, row in found.items():
            few, many = row["median_ms"]
            kept = "kept" if row["ratio"] <= GOAL else "MISSED"
            p99 = " / ".join(map(str, row["p99_ms"]))
            sys.stdout.write(f"{name:28} {few:8.2f} {many:8.2f} ms  p99 {p99}  ratio {row['ratio']:.2f} ({kept})\n")
    return int(any(row["ratio"] > GOAL for row in found.values()))


if __name__ == "__main__":
    sys.exit(main())
