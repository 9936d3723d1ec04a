"""Everything that CI runs, in one command: `make test`. Prints what each part took, and fails at the first that fails.

Under CI=true a test that cannot run is a failure; elsewhere it says which tests did not run and what to install.
"""

import os
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from ctypes.util import find_library
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


CALENDARS = ("libical3", "thunderbird")
"""Debian's packages of two foreign readers of invitations (docs/decisions/0001-dependencies.md)."""
MAIL_SERVERS = ("postfix", "dovecot-imapd")
"""Debian's packages of a mail server and a mailbox; the tests start them as root, in directories of their own."""
WITHOUT_BROWSER = ("tests/journeys", "the browser tests", "Chromium", "chromium")
WITHOUT_CALENDARS = (
    "tests/meetings/test_foreign_calendars.py",
    "the foreign calendars",
    "libical and Thunderbird",
    " ".join(CALENDARS),
)
ROOMS = ("prosody",)
"""Debian's XMPP server, whose own code verifies room tokens in the tests."""
WITHOUT_ROOMS = ("tests/meetings/test_prosody.py", "room tokens before another verifier", "Prosody", "prosody")
WITHOUT_MAIL_SERVERS = (
    "tests/meetings/test_real_mail.py",
    "mail through real servers, as root",
    "Postfix, Dovecot and libical",
    " ".join((*MAIL_SERVERS, CALENDARS[0])),
)
"""What does not run, in words; what it wants, and its packages."""


def install(packages: Sequence[str], why: str) -> None:
    """Install Debian's packages where that is possible, and say so."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"installing Debian's {' and '.join(packages)} for {why}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", *words], check=False, env=environment, stdout=2)


def chromium() -> str | None:
    """Return where Chromium is, installing one of Debian's packages when that is possible."""
    for package in BROWSERS:
        if shutil.which(package) is None:
            install([package, FONT], WITHOUT_BROWSER[1])
        if found := shutil.which(package):
            return found
    return None


def calendars() -> bool:
    """Tell whether both foreign readers of invitations are here, installing them when that is possible."""

    def here() -> bool:
        return find_library("icalss") is not None and shutil.which("thunderbird") is not None

    if not here():
        install(CALENDARS, WITHOUT_CALENDARS[1])
    return here()


def rooms() -> bool:
    """Tell whether Prosody is here, installing it when that is possible."""
    if shutil.which("prosody") is None:
        install(ROOMS, WITHOUT_ROOMS[1])
    return shutil.which("prosody") is not None


def mail_servers() -> bool:
    """Tell whether tests can start a mail server and a mailbox, installing both when that is possible."""

    def here() -> bool:
        return shutil.which("postfix") is not None and shutil.which("dovecot") is not None

    if not here():
        install(MAIL_SERVERS, WITHOUT_MAIL_SERVERS[1])
    return here() and os.geteuid() == 0 and find_library("icalss") is not None


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


def missing() -> list[tuple[str, str, str, str]]:
    """Return which tests cannot run here, with what they want."""
    wanted = (
        (WITHOUT_BROWSER, chromium() is not None),
        (WITHOUT_CALENDARS, calendars()),
        (WITHOUT_ROOMS, rooms()),
        (WITHOUT_MAIL_SERVERS, mail_servers()),
    )
    return [without for without, found in wanted if not found]


def main() -> int:
    """Run all steps and say what took longest; return the first status that is not 0."""
    os.chdir(ROOT)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each process that a test starts would compile the service anew
    lacking = missing()
    tests = STEPS[-1][1]
    tests += sys.argv[1:]
    for path, _, name, packages in lacking:
        if os.environ.get("CI") == "true":
            print(f"{name} is missing: install Debian's {packages}. Under CI every test must run.")
            return 1
        tests += [f"--ignore={path}"]
    TIMES.unlink(missing_ok=True)
    status = run_steps()
    for line in slowest(TIMES):
        print(line)
    for path, what, name, packages in lacking if status == 0 else []:
        print(f"NOT RUN: {path} ({what}). Install {name}: apt-get install {packages}")
    return status


if __name__ == "__main__":
    sys.exit(main())
