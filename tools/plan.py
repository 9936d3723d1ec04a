"""Says which file stands outside the plan of the house: which rooms there are, and what their files are called.

A domain room has the same furniture under the same names, the kind first (`pages.py`, `pages_guardians.py`); what a
room has beside it is named here with its reason. Rooms of machinery name their files after what they hold.
"""

import re
import sys
from collections import Counter
from pathlib import Path

FURNITURE = (
    "models",  # tables
    "forms",  # what is posted
    "service",  # everything that can be done; the only writer of its tables
    "reading",  # views that are shown
    "pages",  # HTML routes
    "api",  # JSON routes
    "sections",  # what it adds to pages of others
    "paper",  # documents as PDF
    "jobs",  # what the worker and the keeper do by themselves
    "events",  # what it says has happened
    "questions",  # what it asks of the rooms above
)
FOLDERS = {"templates", "documents", "texts"}
_SQL = re.compile(r"(?:policies|functions)(?:_[a-z]+)*\.sql")
"""Row security, by subject where it grew."""

DOMAIN: dict[str, set[str]] = {
    "people": {"entrance", "passwords", "notices"},  # how somebody comes in; the kinds of notices
    "pathways": {
        "definition",
        "definitions",
        "conditions",
        "validating",  # what `multiagency pathways check` says
        "validating_promises",
        "validating_shape",
        "validating_stages",
        "validating_values",
        "validating_words",
        "drawing",  # stages as text and as a picture
        "skeleton",  # what `multiagency pathways new` writes
        "clocks",
        "common.toml",
        "law.toml",
    },  # models and numbers as data
    "cases": {"desk", "doors"},  # the guard that finds a case
    "consultations": set(),
    "safeguards": set(),
    "matching": {"placeholders.toml"},  # what people write for a name that they do not know
    "disclosures": set(),
    "consent": {"wording"},  # reads `texts/`
    "risk": {"instruments", "pack_rules", "scoring", "packs"},  # what is asked, and counted, without the database
    # calendar objects, busy times of others, the order in which people wait least, whose rooms they are
    "meetings": {"calendar", "busy_times", "fetching", "ordering", "providers"},
    "services": set(),
    "actions": set(),
    "storage": {"records"},  # the tables of client data, found by their columns
    "log_requests": {"sealing"},  # a key per request
    "assurance": set(),
    "oversight": {"filters", "patterns"},  # the log's filter; one rule of unusual use per file
    "statistics": set(),
}
"""Each room of the domain, from the lowest floor up, and what it has beside the furniture."""

MACHINERY = ("kernel", "web", "audit", "mail", "embedded", "demo", "cli")
FLOORS = (
    "settings",
    "kernel",
    "web",
    "audit",
    "mail",
    *DOMAIN,
    "wiring",
    "app | worker",
    "embedded",
    "demo",
    "cli",
)
"""From the lowest floor up: each imports only from those before it (`[tool.importlinter]` says the same, downwards)."""
ABOVE = {"settings", "tables", "wiring", "app", "worker", "__init__"}
"""Modules beside the rooms."""
_ROOMS_OF_TABLES = {"cli", "kernel/policy"}
"""Their files are named after a command and after a room: the same name elsewhere is what it is about."""
_NOT_MODULES = {"__init__", "__main__"}
_FIRST = re.compile(rf"({'|'.join(FURNITURE)})(_[a-z_]+)?")
_LAST = re.compile(rf".*_({'|'.join(FURNITURE)}|routes|views|utils|helpers)|around|.*_around|.*around_.*")


def faults_of(package: Path) -> list[str]:
    """Return what is wrong with the names of a tree of rooms, a sentence each."""
    found = []
    for entry in sorted(package.iterdir()):
        if entry.is_dir() and entry.name != "__pycache__":
            found += _of_room(entry)
        elif entry.suffix == ".py" and entry.stem not in ABOVE:
            found.append(f"{entry.name}: stands in no room")
    return found + _alike(package)


def _of_room(room: Path) -> list[str]:
    if room.name not in {*DOMAIN, *MACHINERY}:
        return [f"{room.name}: no room of the house"]
    files = sorted(path for path in room.iterdir() if path.name != "__pycache__" and path.stem not in _NOT_MODULES)
    last = [file.name for file in files if _LAST.fullmatch(file.stem)]
    wrong = [f"{room.name}/{name}: the kind stands first in a name" for name in last]
    if room.name in MACHINERY:
        return wrong
    own = DOMAIN[room.name]
    for file in files:
        fits = (
            _FIRST.fullmatch(file.stem) if file.suffix == ".py" else file.name in FOLDERS or _SQL.fullmatch(file.name)
        )
        if not fits and not {file.name, file.stem} & own:
            wrong.append(f"{room.name}/{file.name}: no furniture, and not named in tools/plan.py")
    return wrong


def _alike(package: Path) -> list[str]:
    """Names that stand in two rooms would sound alike; furniture is the same everywhere, and means the same."""
    modules = [path for path in package.rglob("*.py") if path.stem not in _NOT_MODULES]
    places = [path for path in modules if path.parent.relative_to(package).as_posix() not in _ROOMS_OF_TABLES]
    names = Counter(path.stem for path in places if not _FIRST.fullmatch(path.stem))
    return [f"{name}.py: stands in {times} places" for name, times in sorted(names.items()) if times > 1]


def main() -> int:
    """Check the service's package; return 1 when a name is outside the plan."""
    found = faults_of(Path("src") / "multiagency")
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
