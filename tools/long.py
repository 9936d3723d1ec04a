"""The long game of `make test-long`: blocks of games, each with a seed of its own, until so many have been played.

What was interrupted goes on with the block after the last that passed, which `build/long.txt` names. A block that fails
says its seed, and `--from SEED` plays it again.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from rounds import Rounds

DONE = Rounds(Path("build") / "long.txt")
GAME = "tests/properties/test_sight.py::test_each_sees_exactly_what_the_model_says"
BLOCK = 50
"""Games with one seed: a few minutes, so that an interruption costs little."""


def play(seed: int, games: int, steps: int) -> bool:
    """Play one block; tell whether it passed, and remember it then."""
    words = [sys.executable, "-m", "pytest", "-q", f"--hypothesis-seed={seed}", GAME]
    environment = {**os.environ, "SIGHT_EXAMPLES": str(games), "SIGHT_STEPS": str(steps)}
    passed = subprocess.run(words, check=False, env=environment).returncode == 0
    if passed:
        DONE.passed(seed)
    return passed


def main() -> int:
    """Play until the games are played or a block fails; return 1 for a failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--games", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--from", dest="first", type=int, help="begin with this seed instead of going on")
    options = parser.parse_args()
    seed = DONE.last() + 1 if options.first is None else options.first
    started, left = time.monotonic(), options.games
    while left > 0:
        if not play(seed, min(BLOCK, left), options.steps):
            print(f"FAILED with seed {seed}; again: make test-long ARGS='--from {seed} --games {BLOCK}'")
            return 1
        left -= BLOCK
        print(f"seed {seed} passed; {max(left, 0)} games left, {time.monotonic() - started:.0f} s so far", flush=True)
        seed += 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
