"""Versions: what somebody saw of a record when they began to change it, compared with what stands there now.

A version is a row of short keyed digests, one per field in the order of their names (decision 0026). So it tells not
only that a record has changed meanwhile, but which of its fields, and tells it to nobody who has not the key.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from multiagency.kernel.errors import ServiceError
from multiagency.kernel.lookup import Lookup

_MARK = 8
"""Characters of one field's digest, 48 bits: who has not the key cannot look for two texts that share one."""
_NONE = _MARK * "-"


@dataclass(frozen=True, slots=True)
class Seen:
    """Which versions a caller saw; `strict` when any other is refused, even where the changes do not touch."""

    versions: tuple[str, ...]
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed a field last (a post), and when."""

    by_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Saved:
    """A record as it stands: its fields as its form shows them, empty where there is none. `about` names it alone."""

    about: str
    values: Mapping[str, str]
    changes: Mapping[str, Change] = field(default_factory=dict)

    def version(self, lookup: Lookup) -> str:
        """Return the version of the record as it stands."""
        return "".join(self.mark(lookup, name, self.values[name]) for name in sorted(self.values))

    def mark(self, lookup: Lookup, name: str, value: str) -> str:
        """Return what stands for this value of this field in a version."""
        contents = (self.about.encode(), name.encode(), value.encode())
        return base64.urlsafe_b64encode(lookup.exact("version", *contents)).decode()[:_MARK]


@dataclass(frozen=True, slots=True)
class Difference:
    """How what was sent differs from what stands there, field by field, given what the sender saw.

    `mine` changed for the sender alone, `theirs` for others alone, `both` for both and not to the same.
    """

    mine: frozenset[str]
    theirs: frozenset[str]
    both: frozenset[str]


def compare(lookup: Lookup, saved: Saved, seen: str, sent: Mapping[str, str]) -> Difference:
    """Compare what was sent with what stands there. Of a version that is none of ours nothing is known to be seen."""
    names = sorted(saved.values)
    fits = len(seen) == _MARK * len(names)
    marks = {name: seen[_MARK * at :][:_MARK] if fits else _NONE for at, name in enumerate(names)}
    mine, theirs, both = set(), set(), set()
    for name, value in sent.items():
        if value == saved.values[name]:
            continue
        if saved.mark(lookup, name, saved.values[name]) == marks[name]:
            mine.add(name)
        elif saved.mark(lookup, name, value) == marks[name]:
            theirs.add(name)
        else:
            both.add(name)
    return Difference(frozenset(mine), frozenset(theirs), frozenset(both))


def version_of(saved: Saved, seen: Seen) -> str:
    """Return which of the versions that were seen is of this record, by its length: a form may show several records.

    Of two that could be, the last: a form that was refused carries the newer after the older. None is empty.
    """
    fitting = [version for version in seen.versions if len(version) == _MARK * len(saved.values)]
    return fitting[-1] if fitting else ""


class Stale(ServiceError):
    """412 (RFC 9110 section 15.5.13): somebody else saved since the caller looked; nothing of theirs was saved.

    `version` stands for what was saved meanwhile, `saved` is that, in the fields that differ; `both` names those that
    the caller has changed too. `who` and `at` say who saved last, and `shown` how a value reads that is an id.
    """

    status = 412
    key = "error.stale"

    def __init__(self, version: str, saved: Mapping[str, str], both: frozenset[str], change: "Told") -> None:
        super().__init__()
        self.version, self.saved, self.both, self.change = version, saved, both, change


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of somebody else's change: title and agency, when, and how values that are ids read."""

    who: str = ""
    at: datetime | None = None
    shown: Mapping[str, str] = field(default_factory=dict)


def as_text(value: object) -> str:
    """Return a value as a form posts it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
