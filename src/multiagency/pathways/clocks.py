"""Deadlines that run from a dated event: in working days, in days, in months. They tell a day and close nothing."""

from datetime import date, timedelta
from enum import StrEnum

from multiagency.kernel.clock import later
from multiagency.kernel.working_days import working_days_later

_YEARS = range(1900, 2101)
"""No event of a case lies outside, and the holidays of every year within are known."""
_LONGEST = 366 * len(_YEARS)


class Unit(StrEnum):
    """What a clock counts in."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    MONTHS = "months"


def due(event: date, unit: Unit, length: int) -> date:
    """Return the last day of a period that runs from an event; the day of the event does not count (150/1930 § 2-3).

    A month ends on the day of the same number, on its last one where there is none. Raises ValueError for a negative
    length, and where the event or the end lies outside the years 1900 to 2100.
    """
    if length < 0:
        raise ValueError("a period cannot be negative")
    if event.year not in _YEARS or length > _LONGEST or (end := _end(event, unit, length)).year not in _YEARS:
        raise ValueError(f"a period must lie within the years {_YEARS[0]} to {_YEARS[-1]}")
    return end


def _end(event: date, unit: Unit, length: int) -> date:
    match unit:
        case Unit.WORKING_DAYS:
            return working_days_later(event, length)
        case Unit.DAYS:
            return event + timedelta(days=length)
        case Unit.MONTHS:
            return later(event, months=length)
