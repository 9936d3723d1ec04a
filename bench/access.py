"""What row security costs: the page of a case, and everything that somebody may see among 300 000 cases.

Each is measured against the same work without policies, by a role that passes them by and exists only in this
cluster, in turns within one run: A, B, A, B. Prints medians in milliseconds and their ratio; `--json` as one object.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
import httpx
from pydantic import SecretStr
from tests.house import BASE_URL, House, standing

from multiagency.app import build_app

GOALS = {"case page": 1.3, "all I may see": 1.0, "first fifty I may see": 1.0}
"""Highest ratio of with policies to without."""
SCALE = Path(__file__).with_name("scale.sql")
BYPASS = "bench_bypass"
_PASSWORD = "bench"  # noqa: S105

Sample = Callable[[], Awaitable[None]]


async def in_turns(first: Sample, second: Sample, rounds: int, warm: int) -> tuple[float, float]:
    """Return the medians of both in milliseconds, measured alternately after some rounds that do not count."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(warm + rounds):
        for sample, taken in zip((first, second), times, strict=True):
            began = time.perf_counter()
            await sample()
            if number >= warm:
                taken.append((time.perf_counter() - began) * 1000)
    return median(times[0]), median(times[1])


async def make_bypass(house: House) -> None:
    """Make the role that has the application's rights and passes every policy by."""
    await house.fetch(f"CREATE ROLE {BYPASS} LOGIN BYPASSRLS PASSWORD '{_PASSWORD}' IN ROLE multiagency_app")


async def followed_up(house: House) -> str:
    """Return a case with everything on it, seen by the municipality from its seat."""
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki", "Jouni", "Sanna")
    await house.minutes(meeting, case)
    for name in ("Heikki", "Jouni", "Sanna"):
        action = {"owner": await house.post_of(name), "title": "Soittaa", "due_on": "2099-01-01"}
        await (await house.person("coordinator")).post(f"/cases/{case}/actions", action, 201)
    return case


async def case_page(house: House, rounds: int) -> tuple[float, float]:
    """Measure `GET /cases/{reference}` through the whole application, with and without policies."""
    case, person = await followed_up(house), await house.person("municipality")
    url = house.ground.server.dsn(BYPASS, _PASSWORD, house.database)
    bypassing = build_app(house.settings.model_copy(update={"database_url_app": SecretStr(url)}))
    samples: list[Sample] = []
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(app=house.asgi), base_url=BASE_URL) as with_policies,
        httpx.AsyncClient(transport=httpx.ASGITransport(app=bypassing), base_url=BASE_URL) as without,
    ):
        for http in (with_policies, without):

            async def get(http: httpx.AsyncClient = http) -> None:
                answer = await http.get(f"/cases/{case}", headers=person._headers)
                if answer.status_code != 200:
                    raise RuntimeError(f"the page answered {answer.status_code}")

            samples.append(get)
        found = await in_turns(samples[0], samples[1], rounds, warm=30)
        await bypassing.app.state.runtime.close()
    return found


@asynccontextmanager
async def connected(house: House, role: str, password: str, secret: str) -> AsyncIterator[asyncpg.Connection]:
    """Connect as a database role with somebody's session presented."""
    directory = str(house.ground.server.socket_directory)
    connection = await asyncpg.connect(host=directory, user=role, password=password, database=house.database)
    try:
        await connection.execute("SELECT set_config('multiagency.session', $1, false)", secret)
        yield connection
    finally:
        await connection.close()


PLAIN = """
    SELECT c.id FROM case_file c WHERE c.id IN (
        SELECT g.case_id FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id AND b.case_id = g.case_id
        JOIN post p ON p.id = g.post_id AND p.agency_id = b.agency_id
        WHERE g.post_id = $1 AND g.ended_at IS NULL AND b.ended_at IS NULL
          AND 'shell' = ANY (g.kinds) AND 'shell' = ANY (b.kinds)
          AND (g.valid_to IS NULL OR g.valid_to > now()) AND (b.valid_to IS NULL OR b.valid_to > now())
          AND NOT EXISTS (SELECT FROM access_bar x WHERE x.case_id = g.case_id AND x.person_id = p.person_id))
"""
"""The join that the policies stand for, written out."""
QUERIES = {
    "all I may see": ("SELECT id FROM case_file", PLAIN),
    "first fifty I may see": (
        "SELECT id FROM case_file ORDER BY opened_at DESC LIMIT 50",
        f"{PLAIN} ORDER BY c.opened_at DESC LIMIT 50",
    ),
}


async def many(house: House, items: int, rounds: int, explain: bool) -> dict[str, tuple[float, float]]:
    """Fill the database and measure what one post may see there, by policies and by the plain join."""
    superuser = await house.superuser()
    await superuser.execute(SCALE.read_text("utf-8").replace("300000", str(items)))
    post = await superuser.fetchval("SELECT post_id FROM credential WHERE login = 'police'")
    await superuser.close()
    secret = (await house.person("police"))._headers["cookie"].split("=", 1)[1]
    found: dict[str, tuple[float, float]] = {}
    async with (
        connected(house, "multiagency_app", house.ground.passwords["app"], secret) as app,
        connected(house, BYPASS, _PASSWORD, secret) as plain,
    ):
        for name, (by_policy, by_join) in QUERIES.items():
            if {*await app.fetch(by_policy)} != {*await plain.fetch(by_join, post)}:
                raise RuntimeError(f"{name}: policies and join do not show the same")

            async def first(query: str = by_policy) -> None:
                await app.fetch(query)

            async def second(query: str = by_join) -> None:
                await plain.fetch(query, post)

            found[name] = await in_turns(first, second, rounds, warm=3)
            if explain:
                await show_plans(name, app.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {by_policy}"))
                await show_plans(name, plain.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {by_join}", post))
    return found


async def show_plans(name: str, asked: Awaitable[list[asyncpg.Record]]) -> None:
    """Print a plan to the error stream."""
    sys.stderr.write("\n".join([f"-- {name}", *(row[0] for row in await asked), ""]))


async def measure(options: argparse.Namespace) -> dict[str, tuple[float, float]]:
    """Run everything on a throwaway cluster."""
    async with options.ground.house() as house:
        await make_bypass(house)
        found = {"case page": await case_page(house, options.rounds)}
        return found | await many(house, options.items, max(options.rounds // 40, 5), options.explain)


def as_json(found: dict[str, tuple[float, float]]) -> dict[str, Any]:
    """Return medians, ratios and goals."""
    return {
        name: {"with_ms": round(a, 3), "without_ms": round(b, 3), "ratio": round(a / b, 3), "goal": GOALS[name]}
        for name, (a, b) in found.items()
    }


def main() -> int:
    """Measure and print; return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--explain", action="store_true", help="print the plans to the error stream")
    parser.add_argument("--rounds", type=int, default=1000, help="how often the page is fetched on each side")
    parser.add_argument("--items", type=int, default=300_000, help="how many cases there are")
    options = parser.parse_args()
    with standing() as options.ground:
        found = as_json(asyncio.run(measure(options)))
    if options.json:
        print(json.dumps(found))
    else:
        for name, row in found.items():
            kept = "kept" if row["ratio"] <= row["goal"] else "MISSED"
            sides = f"{row['with_ms']:.2f} ms with policies, {row['without_ms']:.2f} ms without"
            print(f"{name}: {sides}, ratio {row['ratio']:.2f} (goal at most {row['goal']:.2f}: {kept})")
    return int(any(row["ratio"] > row["goal"] for row in found.values()))


if __name__ == "__main__":
    sys.exit(main())
