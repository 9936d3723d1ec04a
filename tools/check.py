"""Everything that CI runs, in one command: `make test`. Prints what each part took, and fails at the first that fails.

Under CI=true a test that cannot run is a failure; elsewhere it says which tests did not run and what to install.
"""

import os
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent

WORKERS = (os.cpu_count() or 1) + 1
"""One more than there are processors: tests wait for databases, browsers and processes of their own."""

LONGEST_FIRST = ("--dist", "loadfile", "--no-loadscope-reorder")
"""Files in the order of `tests/conftest.py`: xdist's own, by number of tests, begins the few long tests last."""

TIMES = ROOT / "build" / "tests.xml"
"""What each test took, as pytest wrote it down in the last run."""

STEPS: list[tuple[str, list[str]]] = [
    ("format", [f"{BIN}/ruff", "format", "--check", "--quiet", "."]),
    ("lint", [f"{BIN}/ruff", "check", "--quiet", "."]),
    ("sizes", [sys.executable, "tools/sizes.py"]),
    ("plan", [sys.executable, "tools/plan.py"]),
    ("imports", [f"{BIN}/lint-imports", "--no-cache"]),
    ("types", [f"{BIN}/mypy"]),
    ("tests", [sys.executable, "-m", "pytest", "-q", "-n", str(WORKERS), *LONGEST_FIRST, f"--junitxml={TIMES}"]),
]


FONT = "fonts-dejavu-core"
BROWSERS = ("chromium-headless-shell", "chromium")
"""Debian's Chromium, at best without the parts that show windows: it takes half the time."""


def chromium() -> str | None:
    """Return where Chromium is, installing one of Debian's packages when that is possible."""
    for package in BROWSERS:
        if shutil.which(package) is None and os.geteuid() == 0 and shutil.which("apt-get"):
            print(f"installing Debian's {package} for the browser tests", flush=True)
            for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package, FONT]):
                environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
                subprocess.run(["apt-get", *words], check=False, env=environment, stdout=2)
        if found := shutil.which(package):
            return found
    return None


def run_steps() -> int:
    """Run one step after another and say what each took; return the first status that is not 0."""
    for name, words in STEPS:
        started = time.monotonic()
        done = subprocess.run(words, check=False)
        print(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - started:.1f} s", flush=True)
        if done.returncode != 0:
            return done.returncode
    return 0


def slowest(times: Path, most: int = 10) -> list[str]:
    """Say which files of tests took longest, and how long all did; nothing when no times were written."""
    if not times.exists():
        return []
    took: defaultdict[str, float] = defaultdict(float)
    for case in ElementTree.parse(times).iter("testcase"):  # noqa: S314 - pytest wrote it just now
        took[case.get("classname", "").replace(".", "/") + ".py"] += float(case.get("time", 0))
    whole = f"{len(took)} files of tests took {sum(took.values()):.0f} s one after another, most of all:"
    first = sorted(took, key=took.__getitem__, reverse=True)[:most]
    return [whole, *(f"{took[name]:7.1f} s  {name}" for name in first)]


def main() -> int:
    """Run all steps and say what took longest; return the first status that is not 0."""
    os.chdir(ROOT)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each process that a test starts would compile the service anew
    browser = chromium()
    tests = STEPS[-1][1]
    tests += sys.argv[1:]
    if browser is None:
        if os.environ.get("CI") == "true":
            print("Chromium is missing: install Debian's package chromium. Under CI every test must run.")
            return 1
        tests += ["--ignore=tests/journeys"]
    TIMES.unlink(missing_ok=True)
    status = run_steps()
    for line in slowest(TIMES):
        print(line)
    if status == 0 and browser is None:
        print("NOT RUN: tests/journeys (the browser tests). Install Chromium: apt-get install chromium")
    return status


if __name__ == "__main__":
    sys.exit(main())
