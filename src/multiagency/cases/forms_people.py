"""The people of a new case as one page posts them: fields of one person begin alike, and rows are numbered."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from multiagency.kernel.errors import FieldError
from multiagency.pathways.definition import AskedParty

CLIENT = "client"
FIELDS = ("name", "born", "relation")
"""What is asked of each; the client has no relation."""
_DAY = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})")
_ROW = re.compile(rf"([a-z_]+)-(\d{{1,3}})-(?:{'|'.join(FIELDS)})")
_MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """Somebody whom the page asks about: where their fields stand, and as what they are recorded."""

    place: str
    role: str
    needed: bool = False

    def own(self, errors: Iterable[FieldError]) -> list[FieldError]:
        """Return errors of the record by the fields of the page: a code and a date of birth are typed into one."""
        names = {"identity_code": "born", "birth_date": "born"}
        return [FieldError(f"{self.place}-{names.get(e.field, e.field)}", e.key, e.values) for e in errors]

    def typed(self, filled: Mapping[str, str]) -> dict[str, str]:
        """Return what was typed of them as fields of their record."""
        values = {name: filled.get(f"{self.place}-{name}", "").strip() for name in (*FIELDS, "age_confirmed")}
        fields = values | _code_or_day(values.pop("born")) | ({} if self.role == CLIENT else {"role": self.role})
        return {name: value for name, value in fields.items() if value}

    def is_empty(self, filled: Mapping[str, str]) -> bool:
        """Tell whether nothing was typed of them."""
        return not any(filled.get(f"{self.place}-{name}", "").strip() for name in FIELDS)


def _code_or_day(text: str) -> dict[str, str]:
    """Return a day as people type it as a date of birth; anything else is meant for an identity code."""
    if found := _DAY.fullmatch(text):
        return {"birth_date": f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"}
    return {"identity_code": text}


def asked_about(parties: Iterable[AskedParty], filled: Mapping[str, str]) -> list[AskedPerson]:
    """Return whom the page asks about: the client, one of each role, and a row for each number that it holds."""
    found = [AskedPerson(CLIENT, CLIENT, needed=True)]
    for party in parties:
        if party.several:
            found += [AskedPerson(f"{party.role}-{number}", party.role) for number in numbers(party.role, filled)]
        else:
            found.append(AskedPerson(party.role, party.role, party.needed))
    return found


def numbers(role: str, filled: Mapping[str, str]) -> list[int]:
    """Return the numbers of the rows of a role, in their order."""
    rows = filter(None, map(_ROW.fullmatch, filled))
    return sorted({int(row[2]) for row in rows if row[1] == role})[:_MOST_ROWS]


def first_rows(parties: Iterable[AskedParty]) -> dict[str, str]:
    """Return the rows that an empty page begins with."""
    return {f"{party.role}-{number}-name": "" for party in parties for number in range(party.rows)}


def changed_rows(filled: Mapping[str, str], add: str, drop: str) -> dict[str, str]:
    """Return what was typed with one more row of a role, or without the row at a place."""
    kept = {name: value for name, value in filled.items() if not (drop and name.startswith(f"{drop}-"))}
    number = max(numbers(add, kept), default=-1) + 1
    return kept | ({f"{add}-{number}-name": ""} if add else {})
