"""Our pages, and the same rows from a plain Django application: in turns within one run, on one cluster.

Both are served by one process each, ours by uvicorn as `multiagency web` does, Django by gunicorn with one `gthread`
worker of sixteen threads. Of those tried none is faster for it: with four threads it is as fast on a quiet machine and
slower on a busy one, with one or with `sync` slower at sixteen at once, with uvicorn half as fast. The client,
of our own, keeps its connections and runs in the process of the bench; what it costs is on both sides.

What Django does: it reads our tables through unmanaged models, as a role that row security lets pass; sessions and
users are its own, an object permission of django-guardian stands before each page, and each view writes one row into a
plain log. It asks in its ordinary good style and prints the same values, in one language. What it does not do: it
decrypts nothing (sealed values are printed as digits of the same length), proves nothing about its log, writes one row
where we write an entry per person and controller, and keeps no reading and its entry in one transaction. Its tables
stand in a schema of their own, made by the bench.

At sixteen at once a server that is kept busy takes a whole core; where ours got less, others had the machine, and a
process of one thread is the first to wait: then compare the CPU per request.

Prints for each page the requests per second at one and at sixteen at once, their 99th percentile, CPU per request of
server and database, how our time divides and how far it is from the floor (`pages_costs.py`); `--json` as one object.
"""

import argparse
import asyncio
import json
import logging
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

from tests import full_case
from tests.house import Ground, House, standing
from tests.throwaway import throwaway

from bench.access import followed_up
from bench.pages_costs import Floor, ask, asked_of, bare, divided
from bench.pages_serving import AT_ONCE, Caller, Side, Spent, answers, cpu_of, served, tree_of
from multiagency.demo.household import environment_of, free_port

RATIO_GOAL, FLOOR_GOAL = 1.0, 2.5
OURS, DJANGO = "ours", "django"
ROLE = "bench_django"
_PASSWORD = "bench"  # noqa: S105
LOGINS = ("officer", "coordinator", "municipality")
WEB = "from multiagency.cli.main import main; main(['web'])"
GUNICORN = "-m gunicorn --workers 1 --worker-class gthread --threads 16 --keep-alive 600 --log-level warning"
_LISTED = 50
_SHOWN = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b|\d{1,2}\.\d{1,2}\.\d{4}(?: klo \d{1,2}\.\d\d)?")
"""References and moments; with the names of people and agencies they are what both must print alike."""
_NAMES = "SELECT name FROM person UNION SELECT name_fi FROM agency"
_OTHER_PEOPLE = "UPDATE lookup_hash SET hash = sha256(uuid_send(id))"
"""The story tells of the same people in every case; in life hardly anybody is in two."""
Found = dict[tuple[str, int, str], Spent]


async def settle(house: House, options: argparse.Namespace) -> dict[str, tuple[str, str]]:
    """Let there be something to show; return the path of each page and who opens it."""
    case = await followed_up(house)
    posts = [await house.post_of("Heikki"), *await full_case.more_posts(house, options.people - 1)]
    coming = await full_case.coming(house, options.cases, posts)
    number = len(await house.fetch("SELECT FROM case_file"))
    for _ in range(max(_LISTED + 1 - number, 0)):
        await house.draft()
    await house.fetch(_OTHER_PEOPLE)
    return {
        "case page, coordinator": (f"/cases/{case}", "coordinator"),
        "case page, seat": (f"/cases/{case}", "municipality"),
        "meeting page": (f"/meetings/{coming['meeting']}", "coordinator"),
        "home": ("/", "coordinator"),
        "list of 50 cases": ("/cases", "officer"),
    }


async def environment_of_django(house: House) -> dict[str, str]:
    """Make the role and the schema of the other side; return what its processes must know."""
    await house.fetch(f"CREATE ROLE {ROLE} LOGIN BYPASSRLS PASSWORD '{_PASSWORD}'")
    await house.fetch(f"GRANT multiagency_app TO {ROLE}")
    await house.fetch(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {ROLE}")
    await house.fetch(f"CREATE SCHEMA django AUTHORIZATION {ROLE}")
    return {
        "BENCH_HOST": str(house.ground.server.socket_directory),
        "BENCH_DATABASE": house.database,
        "BENCH_USER": ROLE,
        "BENCH_PASSWORD": _PASSWORD,
        "DJANGO_SETTINGS_MODULE": "bench.django_pages.settings",
    }


@asynccontextmanager
async def both(house: House, directory: Path) -> AsyncIterator[list[Caller]]:
    """Serve both sides."""
    environment = await environment_of_django(house)
    words = [sys.executable, "-m", "bench.django_pages.filling", *LOGINS]
    filled = await asyncio.create_subprocess_exec(*words, env=environment, stdout=subprocess.PIPE)
    sessions = json.loads((await filled.communicate())[0])
    await house.fetch("ANALYZE")
    cookies = {
        OURS: {login: (await house.person(login))._headers["cookie"] for login in LOGINS},
        DJANGO: {login: f"sessionid={session}" for login, session in sessions.items()},
    }
    port, other = free_port(), free_port()
    settings = house.settings.model_copy(update={"port": port, "base_url": f"http://127.0.0.1:{port}"})
    django = [*GUNICORN.split(), "--bind", f"127.0.0.1:{other}", "bench.django_pages.wsgi:application"]
    async with AsyncExitStack() as stack:
        ours = stack.enter_context(served(["-c", WEB], environment_of(settings), directory))
        theirs = stack.enter_context(served(django, environment, directory))
        await asyncio.gather(answers(port), answers(other))
        callers = [
            Caller(Side(OURS, port, tree_of(ours.pid), "multiagency_app", cookies[OURS])),
            Caller(Side(DJANGO, other, tree_of(theirs.pid), ROLE, cookies[DJANGO])),
        ]
        try:
            yield callers
        finally:
            for caller in callers:
                caller.close()


async def backends(house: House, role: str) -> list[int]:
    """Return the processes of the database that serve this role."""
    query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = $1"
    return [row["pid"] for row in await house.fetch(query, role)]


async def one_turn(
    house: House, caller: Caller, page: tuple[str, str], at_once: int, number: int, spent: Spent
) -> None:
    """Ask one side, and add what it took."""
    serving = await backends(house, caller.side.role)
    before, before_database = cpu_of(caller.side.pids), cpu_of(serving)
    seconds, latencies = await caller.turn(*page, at_once, number)
    spent.server += cpu_of(caller.side.pids) - before
    spent.database += cpu_of(serving) - before_database
    spent.rates.append(number / seconds)
    spent.seconds += seconds
    spent.latencies += latencies


async def must_show_the_same(house: House, callers: list[Caller], pages: dict[str, tuple[str, str]]) -> None:
    """Raise `RuntimeError` when a page of Django lacks a value that ours prints."""
    names = [row["name"] for row in await house.fetch(_NAMES)]
    for name, page in pages.items():
        ours, theirs = [await caller.get(*page) for caller in callers]
        shown = {*_SHOWN.findall(ours.rpartition('<p class="hint">')[0]), *(name for name in names if name in ours)}
        missing = sorted(value for value in shown if value not in theirs)
        if missing or len(shown) < 2:
            raise RuntimeError(f"{name}: of {len(shown)} values Django does not show {missing[:9]}")


async def measure(ground: Ground, directory: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Measure everything in one house."""
    async with ground.house(pool_size=10) as house, AsyncExitStack() as stack:
        pages = await settle(house, options)
        callers = await stack.enter_async_context(both(house, directory))
        await must_show_the_same(house, callers, pages)
        floors = await floors_of(house, stack, pages)
        found: Found = {}
        fastest: dict[str, list[float]] = {name: [] for name in pages}
        for turn in range(options.rounds + 1):
            if turn == 1:
                found, fastest = {}, {name: [] for name in pages}  # the first warms up
            for name, page in pages.items():
                for at_once in AT_ONCE:
                    for caller in callers:
                        spent = found.setdefault((name, at_once, caller.side.name), Spent())
                        await one_turn(house, caller, page, at_once, options.requests, spent)
                for _ in range(options.requests):
                    fastest[name].append(await floors[name].seconds())
        shares = {}
        for name, (path, login) in pages.items():
            cookie = callers[0].side.cookies[login]
            await ask(house, path, cookie)
            shares[name] = await divided(house, path, cookie, options.seconds)
    return {
        name: report(name, found, fastest[name]) | {"statements": floors[name].statements, "divides": shares[name]}
        for name in pages
    }


async def floors_of(house: House, stack: AsyncExitStack, pages: dict[str, tuple[str, str]]) -> dict[str, Floor]:
    """Return for each page what asks the database the same as it does."""
    connection = await stack.enter_async_context(bare(house))
    floors: dict[str, Floor] = {}
    for name, (path, login) in pages.items():
        cookie = (await house.person(login))._headers["cookie"]
        await ask(house, path, cookie)
        asked, leave = asked_of(house)
        await ask(house, path, cookie)
        leave()
        floors[name] = Floor(connection, asked)
    return floors


def report(name: str, found: Found, fastest: list[float]) -> dict[str, Any]:
    """Return the figures of one page."""
    shown: dict[str, Any] = {}
    for at_once in AT_ONCE:
        both_sides: dict[str, Any] = {}
        for side in (OURS, DJANGO):
            spent = found[name, at_once, side]
            number = len(spent.latencies)
            both_sides[side] = {
                "requests_per_second": round(median(spent.rates), 1),
                "p99_ms": round(sorted(spent.latencies)[max(number * 99 // 100 - 1, 0)] * 1000, 1),
                "cpu_ms": round(spent.server / number * 1000, 2),
                "database_cpu_ms": round(spent.database / number * 1000, 2),
                "core": round(spent.server / spent.seconds, 2),
            }
        ratio = both_sides[OURS]["requests_per_second"] / both_sides[DJANGO]["requests_per_second"]
        shown[f"at {at_once}"] = both_sides | {"ratio": round(ratio, 2)}
    page, floor = median(found[name, 1, OURS].latencies) * 1000, median(fastest) * 1000
    return shown | {"page_ms": round(page, 2), "floor_ms": round(floor, 2), "distance": round(page / floor, 2)}


def show(found: dict[str, Any]) -> None:
    """Print the figures."""
    for name, row in found.items():
        print(f"\n{name}")
        for at_once in AT_ONCE:
            kept = "kept" if row[f"at {at_once}"]["ratio"] >= RATIO_GOAL else "MISSED"
            print(
                f"  {at_once:2} at once: ours / Django {row[f'at {at_once}']['ratio']:.2f} (goal {RATIO_GOAL}: {kept})"
            )
            for side in (OURS, DJANGO):
                of = row[f"at {at_once}"][side]
                cost = (
                    f"CPU {of['cpu_ms']:.1f} ms + database {of['database_cpu_ms']:.1f} ms, {of['core']:.0%} of a core"
                )
                print(f"     {side:7} {of['requests_per_second']:7.1f} a second, p99 {of['p99_ms']:6.1f} ms, {cost}")
        kept = "kept" if row["distance"] <= FLOOR_GOAL else "MISSED"
        distance = f"{row['page_ms']:.1f} ms / {row['floor_ms']:.1f} ms = {row['distance']:.2f}"
        print(f"  distance to the floor: {distance} (goal at most {FLOOR_GOAL}: {kept})")
        print("  divides: " + ", ".join(f"{whose} {share:.0%}" for whose, share in row["divides"].items()))


def missed(found: dict[str, Any]) -> bool:
    """Tell whether any goal is missed."""
    slow = any(row[f"at {at_once}"]["ratio"] < RATIO_GOAL for row in found.values() for at_once in AT_ONCE)
    return slow or any(row["distance"] > FLOOR_GOAL for row in found.values())


def main() -> int:
    """Measure and print; return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="make bench NAME=pages", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=6, help="turns of each side, besides one that warms up")
    parser.add_argument("--requests", type=int, default=64, help="requests in each turn")
    parser.add_argument("--cases", type=int, default=8, help="cases at the meeting")
    parser.add_argument("--people", type=int, default=10, help="people at each of them")
    parser.add_argument("--seconds", type=float, default=4, help="how long each page is sampled")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with throwaway("bench") as directory, standing(durable=True) as ground:
        found = asyncio.run(measure(ground, directory, options))
    if options.json:
        print(json.dumps(found))
    else:
        show(found)
    return int(missed(found))


if __name__ == "__main__":
    sys.exit(main())
