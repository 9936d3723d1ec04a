"""Who somebody in a case is, as their record says it."""

from dataclasses import dataclass

from multiagency.cases.desk import Desk
from multiagency.cases.models import Client, Party
from multiagency.kernel.identity_code import birth_date

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
