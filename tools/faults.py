"""The rounds of `make faults`: hostile rows under a running worker, and every process killed under load.

Each round has a seed of its own. What was interrupted goes on with the round after the last that passed, which
`build/faults.txt` names; a round that fails says its seed, and `--from SEED` plays it again.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from rounds import Rounds

DONE = Rounds(Path("build") / "faults.txt")
GAMES = ("tests/test_hostile_rows.py", "tests/audit/test_kills.py")


def play(seed: int, rows: int, kills: int) -> bool:
    """Play one round; tell whether it passed, and remember it then."""
    told = {"HOSTILE_ROWS": rows, "HOSTILE_SEED": seed, "KILLS": kills, "KILL_SEED": seed}
    environment = {**os.environ, **{name: str(value) for name, value in told.items()}}
    words = [sys.executable, "-m", "pytest", "-q", "--show-capture=no", *GAMES]
    passed = subprocess.run(words, check=False, env=environment).returncode == 0
    if passed:
        DONE.passed(seed)
    return passed


def main() -> int:
    """Play rounds until the time is over or one fails; return 1 for a failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rows", type=int, default=1000, help="in each round")
    parser.add_argument("--kills", type=int, default=30, help="in each round")
    parser.add_argument("--from", dest="first", type=int, help="begin with this seed instead of going on")
    options = parser.parse_args()
    seed = DONE.last() + 1 if options.first is None else options.first
    started = time.monotonic()
    while time.monotonic() < started + options.minutes * 60:
        if not play(seed, options.rows, options.kills):
            print(f"FAILED with seed {seed}; again: make faults ARGS='--from {seed}'")
            return 1
        print(f"seed {seed} passed, {time.monotonic() - started:.0f} s so far", flush=True)
        seed += 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
