"""Unusual patterns by stated rules: one module per rule, all of one shape (`CODE`, `find`).

A rule says what it looks at (`log.rule.<code>` in the catalogues) and turns on dated numbers (`thresholds.toml`). A hit
accuses nobody; it says which entries an auditor may want to ask about.
"""

from datetime import datetime, timedelta
from typing import Protocol

from multiagency.kernel.clock import now
from multiagency.kernel.work import Work
from multiagency.oversight.patterns import break_glass, many_cases, no_seat, outside_hours, own_relatives
from multiagency.oversight.patterns.hits import Hit
from multiagency.oversight.patterns.thresholds import defaults, threshold


class PatternRule(Protocol):
    """What a module of this package offers."""

    CODE: str

    async def find(self, work: Work, since: datetime) -> list[Hit]:
        """Return the hits since a moment, the newest first, `hits.LIMIT` at most."""


BY_CODE: dict[str, PatternRule] = {
    rule.CODE: rule for rule in (own_relatives, break_glass, no_seat, many_cases, outside_hours)
}
"""The rules in the order in which they are shown."""


async def since_when(work: Work) -> datetime:
    """Return the moment from which the rules look."""
    return now() - timedelta(days=await threshold(work, "days_back"))


async def numbers_of(work: Work, code: str) -> dict[str, int]:
    """Return the thresholds that a rule turns on, by the names that its sentence uses."""
    names = {"outside_hours": ("workday_from", "workday_to", "outside_hours_entries")}.get(code)
    mine = names or [name for name in defaults() if name.startswith(code)]
    return {name: await threshold(work, name) for name in mine}
