"""Everything that CI runs, in one command: `make test`. Prints what each part took, and fails at the first that fails.

Under CI=true a test that cannot run is a failure; elsewhere it says which tests did not run and what to install.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent

WORKERS = (os.cpu_count() or 1) + 1
"""One more than there are processors: tests wait for databases, browsers and processes of their own."""

STEPS: list[tuple[str, list[str]]] = [
    ("format", [f"{BIN}/ruff", "format", "--check", "--quiet", "."]),
    ("lint", [f"{BIN}/ruff", "check", "--quiet", "."]),
    ("sizes", [sys.executable, "tools/sizes.py"]),
    ("imports", [f"{BIN}/lint-imports", "--no-cache"]),
    ("types", [f"{BIN}/mypy"]),
    ("tests", [sys.executable, "-m", "pytest", "-q", "-n", str(WORKERS), "--dist", "loadfile"]),
]


def chromium() -> str | None:
    """Return where Chromium is, installing Debian's package when that is possible."""
    found = shutil.which("chromium")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing Debian's chromium for the browser tests", flush=True)
        for words in (
            ["update", "-qq"],
            ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
        ):
            subprocess.run(
                ["apt-get", *words], check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, stdout=2
            )
        found = shutil.which("chromium")
    return found


def main() -> int:
    """Run all steps; return the first status that is not 0."""
    os.chdir(ROOT)
    browser = chromium()
    tests = STEPS[-1][1]
    tests += sys.argv[1:]
    if browser is None:
        if os.environ.get("CI") == "true":
            print("Chromium is missing: install Debian's package chromium. Under CI every test must run.")
            return 1
        tests += ["--ignore=tests/journeys"]
    for name, words in STEPS:
        started = time.monotonic()
        done = subprocess.run(words, check=False)
        print(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - started:.1f} s", flush=True)
        if done.returncode != 0:
            return done.returncode
    if browser is None:
        print("NOT RUN: tests/journeys (the browser tests). Install Chromium: apt-get install chromium")
    return 0


if __name__ == "__main__":
    sys.exit(main())
