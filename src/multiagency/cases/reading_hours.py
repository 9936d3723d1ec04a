"""When the client can be called without danger: days of the week and from when until when, and whether that is now."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.models import SafeContact
from multiagency.kernel.clock import now, to_helsinki
from multiagency.kernel.errors import FieldError
from multiagency.kernel.inputs import WEEKDAYS
from multiagency.kernel.work import Work
from multiagency.kernel.working_days import holidays

HOURS = ("safe_days", "safe_from", "safe_until")
"""The columns that say so; a day is one of `WEEKDAYS`, a time HH:MM on the clock of Finland."""
YES, NO, NOT_SAID = "yes", "no", "not_said"


def wrong_hours(days: str, begins: str, ends: str) -> list[FieldError]:
    """Return what is wrong with hours: all three are said or none, and they lie within one day.

    A span past midnight is refused: it is mostly two times in the wrong order, and would call the night safe.
    """
    said = dict(zip(HOURS, (days, begins, ends), strict=True))
    if not any(said.values()):
        return []
    missing = [FieldError(name, "contact.hours_incomplete") for name, value in said.items() if not value]
    return missing or ([] if begins < ends else [FieldError("safe_until", "contact.hours_order")])


def safe_at(moment: datetime, days: str, begins: str, ends: str) -> str:
    """Return whether a moment is a safe time to call: yes, no, or not said.

    Nothing is said of a holiday: whoever is at work on the days of the week may be at home on that one.
    """
    local = to_helsinki(moment)
    if not days or local.date() in holidays(local.year):
        return NOT_SAID
    return YES if WEEKDAYS[local.weekday()] in days.split() and begins <= f"{local:%H:%M}" < ends else NO


async def safe_now(work: Work, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return for these cases whether now is a safe time to call; nothing where the actor does not see the rules."""
    if not case_ids:
        return {}
    rows = await work.session.scalars(select(SafeContact).where(SafeContact.case_id.in_(case_ids)))
    return {row.case_id: await safe_in(work, row) for row in rows}


async def safe_in(work: Work, rules: SafeContact) -> str:
    """Return whether now is a safe time to call by these rules."""
    return safe_at(now(), *[await work.vault.open(rules, name) for name in HOURS])
