"""What 64 people get done at once, beside commit b875451 in the same sitting.

Each side is the demo as the product starts it: one web process (uvicorn), one worker, a durable PostgreSQL, on data of
its own that stays between its turns. 44 people open cases, read them, answer the checklist heading by heading and save;
4 coordinators read lists and agendas and place what waits; 16 read what they have a seat for. Nobody pauses, so 64
requests are always under way. The sides take turns, A, B, A, B; only one runs at a time.

A request is one HTTP request of a page: a form that is opened, a form that is sent, the page that it leads to; styles
and pictures are not asked for. One counts whose answer is whole within the time; the times are of all that began in
it. An error is a 5xx, a save that was refused, or a page that was not shown. What is hidden in a form goes back as it
came, so the same driver fits both commits. The driver is one process on the same machine, and its cost is on both
sides: it makes the ratio smaller, not larger.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import quantiles
from typing import Any

from bench.work_before import prepare
from bench.work_sides import TREE, Side, checkout, cpu_seconds

BESIDE, GOAL = "b875451", 2.0
HERE, THERE = "this tree", f"commit {BESIDE}"


def turn(side: Side, seconds: float, warm: float) -> dict[str, Any]:
    """Let everybody work at one side for so long; return what was measured."""
    with side.running() as service:
        if not side.people:
            side.people = asyncio.run(prepare(service))
        task = {"base_url": service["base_url"], "people": side.people, "seconds": seconds, "warm": warm}
        before = cpu_seconds(service["pids"]["web"])
        words = [sys.executable, "-m", "bench.work_driver"]
        done = subprocess.run(words, input=json.dumps(task), capture_output=True, text=True, cwd=TREE, check=False)  # noqa: S603
        if done.returncode:
            raise RuntimeError(done.stderr)
        found: dict[str, Any] = json.loads(done.stdout)
        found["web"] = cpu_seconds(service["pids"]["web"]) - before
    for number, left in found.pop("left").items():
        side.people[int(number)]["cases"] = left
    return found


def summed(turns: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
    """Return the figures of all turns of one side."""
    taken = [t for one in turns for t in one["taken"]]
    wrong = [w for one in turns for w in one["wrong"]]
    cut = quantiles(taken, n=100)
    asked = sum(one["asked"] for one in turns)
    return {
        "requests": len(taken),
        "saves": sum(one["saves"] for one in turns),
        "requests per second": round(sum(one["in_time"] for one in turns) / (len(turns) * seconds), 1),
        "by turn": [round(one["in_time"] / seconds, 1) for one in turns],
        "p50, seconds": round(cut[49], 3),
        "p99, seconds": round(cut[98], 3),
        "processor, ms a request": {
            name: round(1000 * sum(one[name] for one in turns) / asked, 1) for name in ("web", "driver")
        },
        "errors": len(wrong),
        "5xx": sum(w.startswith("5") for w in wrong),
        "wrong": {w: wrong.count(w) for w in sorted({*wrong})[:10]},
    }


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measure both sides in turns."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="multiagency-bench-")))
        place.chmod(0o711)  # the database's own user must be able to pass through
        beside = options.beside or stack.enter_context(checkout(BESIDE, place / "tree"))
        sides = [Side(HERE, TREE, place / "here"), Side(THERE, beside, place / "there")]
        sides = sides[:1] if options.alone else sides
        turns: dict[str, list[dict[str, Any]]] = {side.name: [] for side in sides}
        for _ in range(options.rounds):
            for side in sides:
                turns[side.name].append(turn(side, options.seconds, options.warm))
    found: dict[str, Any] = {name: summed(each, options.seconds) for name, each in turns.items()}
    if not options.alone:
        ratios = {"requests per second": found[HERE]["requests per second"] / found[THERE]["requests per second"]}
        ratios |= {name: found[THERE][name] / found[HERE][name] for name in ("p50, seconds", "p99, seconds")}
        found["times better"] = {name: round(value, 2) for name, value in ratios.items()}
    return found


def main() -> int:
    """Measure and print; return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="make bench NAME=work", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=2, help="how many turns each side has")
    parser.add_argument("--seconds", type=float, default=30, help="how long a turn is")
    parser.add_argument("--warm", type=float, default=3, help="how long everybody works before the clock starts")
    parser.add_argument("--beside", type=Path, help="a tree of the other commit that is installed already")
    parser.add_argument("--alone", action="store_true", help="measure this tree only")
    options = parser.parse_args()
    found = measure(options)
    ratio = found.get("times better", {}).get("requests per second", GOAL)
    if options.json:
        print(json.dumps(found))
    else:
        for name, rows in found.items():
            print(f"{name}:")
            for what, value in rows.items():
                print(f"  {what:32} {value}")
        print(f"goals: at least {GOAL} times the requests per second, no 5xx")
    return int(ratio < GOAL or found[HERE]["5xx"] > 0)


if __name__ == "__main__":
    sys.exit(main())
