"""Who somebody in a case is, as their record says it."""

from dataclasses import dataclass
from datetime import date

from multiagency.cases.desk import Desk
from multiagency.cases.models import Client, Party
from multiagency.kernel.clock import today
from multiagency.kernel.identity_code import age_on, birth_date, sex_of
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

WHO = ("name", "identity_code", "birth_date")
"""The sealed columns that say who somebody is."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a record says of somebody; empty for a new one. The birth date is in ISO 8601."""

    name: str = ""
    identity_code: str = ""
    birth_date: str = ""

    @property
    def born(self) -> str:
        """The day of birth: by the code where there is one."""
        return birth_date(self.identity_code).isoformat() if self.identity_code else self.birth_date


async def recorded(desk: Desk, row: Client | Party | None) -> Recorded:
    """Open what a record says now."""
    if row is None:
        return Recorded()
    return Recorded(*[await desk.work.vault.open(row, column) for column in WHO])


def said_age(language: Language, identity_code: str, born: str) -> str:
    """Return how old somebody is, as it is said back to whoever typed it; empty where nothing tells.

    A wrong sign of the century makes a child an adult of more than a hundred years: so it is seen at once.
    """
    day = birth_date(identity_code) if identity_code else date.fromisoformat(born) if born else None
    if day is None:
        return ""
    years = age_on(today(), day)
    return TEXTS.say(language, f"person.aged.{('none', 'one')[years] if years < 2 else 'many'}", years=years)


def said_sex(language: Language, identity_code: str) -> str:
    """Return woman or man by a code, in words; empty without one."""
    return TEXTS.say(language, f"person.sex.{sex_of(identity_code)}") if identity_code else ""
