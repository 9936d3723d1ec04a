"""Long tests in blocks, each with a seed of its own: what was interrupted goes on after the last block that passed."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path


class Blocks:
    """`build/<name>.txt` names the last block that passed."""

    def __init__(self, name: str, size: int) -> None:
        self._name, self._size = name, size
        self._done = Path("build") / f"{name}.txt"

    def _last(self) -> int:
        return int(self._done.read_text("ascii").split()[0]) if self._done.exists() else 0

    def parser(self, total: int, what: str, description: str | None) -> argparse.ArgumentParser:
        """Return the options that every long test has; `what` is counted."""
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument(f"--{what}", dest="total", type=int, default=total)
        parser.add_argument("--from", dest="first", type=int, help="begin with this seed instead of going on")
        return parser

    def run(self, total: int, first: int | None, play: Callable[[int, int], bool]) -> int:
        """Play blocks until `total` are done or one fails; return 1 for a failure. `play` gets a seed and a number."""
        seed = self._last() + 1 if first is None else first
        started, left = time.monotonic(), total
        while left > 0:
            if not play(seed, min(self._size, left)):
                print(f"FAILED with seed {seed}; again: make {self._name} ARGS='--from {seed}'")
                return 1
            self._done.parent.mkdir(exist_ok=True)
            self._done.write_text(f"{seed} is the seed of the last block that passed\n", "ascii")
            left -= self._size
            print(f"seed {seed} passed; {max(left, 0)} left, {time.monotonic() - started:.0f} s so far", flush=True)
            seed += 1
        return 0


def tested(words: list[str], environment: Mapping[str, str]) -> bool:
    """Run pytest with these words and variables; tell whether it passed."""
    whole = [sys.executable, "-m", "pytest", "-q", *words]
    return subprocess.run(whole, check=False, env={**os.environ, **environment}).returncode == 0
