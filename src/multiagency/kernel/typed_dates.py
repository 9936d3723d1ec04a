"""Days and times as people type them: 2.12., 2.12.26 or 2.12.2026, klo 9 or 14.30. Programs send ISO 8601 as before.

A comma does for a dot: the keys of numbers on some telephones have no other.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum

from pydantic_core import PydanticCustomError

from multiagency.kernel.clock import now, today

_DAY = r"(\d{1,2})\s*[.,]\s*(\d{1,2})\s*(?:[.,]\s*(\d{4}|\d{2})?)?"
_TIME = r"(?:(?:klo|kl\.?|at)\s*)?([01]?\d|2[0-3])(?:[.:,]([0-5]\d))?"
_TYPED_DAY = re.compile(_DAY)
_TYPED_TIME = re.compile(_TIME, re.IGNORECASE)
_TYPED_MOMENT = re.compile(rf"{_DAY}[,\s]+{_TIME}", re.IGNORECASE)
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NOW = frozenset({"nyt", "nu", "now"})
_CENTURIES_ASIDE = 200
_YEARS_OF = {0: 1, 2: 100}
"""So many years lie between two that a year of so many digits may be."""


class Side(Enum):
    """Which day is meant where the year, or its century, was not typed: the nearest, the last or the next such day.

    Today is on every side.
    """

    NEAREST = "nearest"
    PAST = "past"
    COMING = "coming"

    def allows(self, day: date, present: date) -> bool:
        """Tell whether the day lies on this side of the present one."""
        return self is Side.NEAREST or day == present or (day < present) is (self is Side.PAST)


def typed_day(side: Side, *, year: bool = False) -> Callable[[object], object]:
    """Return what reads a day; with `year` one whose year must be typed. What is no text passes through."""

    def read(value: object) -> object:
        if (text := _not_for_programs(value)) is None:
            return value
        found = _TYPED_DAY.fullmatch(text)
        if found is None:
            raise PydanticCustomError("date_written", "no day")
        if year and not found[3]:
            raise PydanticCustomError("date_without_year", "no year")
        return _day(found, side)

    return read


def typed_moment(side: Side) -> Callable[[object], object]:
    """Return what reads a moment on the clock of Finland; of what may be past, "now" too. No text passes through."""

    def read(value: object) -> object:
        if (text := _not_for_programs(value)) is None:
            return value
        if side is Side.PAST and text.casefold() in _NOW:
            return now()
        found = _TYPED_MOMENT.fullmatch(text)
        if found is None:
            raise PydanticCustomError("datetime_written", "no moment")
        day = _day(found, side)
        return datetime(day.year, day.month, day.day, int(found[4]), int(found[5] or 0))  # noqa: DTZ001 - a wall clock

    return read


def typed_time(text: str) -> str | None:
    """Return a time of day as HH:MM; None for what is none."""
    found = _TYPED_TIME.fullmatch(text.strip())
    return f"{int(found[1]):02}:{found[2] or '00'}" if found else None


def _not_for_programs(value: object) -> str | None:
    return value.strip() if isinstance(value, str) and not _ISO_DAY.match(value) else None


def _day(found: re.Match[str], side: Side) -> date:
    """Return the day that was typed. Raises for one that no calendar has, such as 31.2."""
    typed, present = found[3] or "", today()
    if len(typed) in _YEARS_OF:
        step, around = _YEARS_OF[len(typed)], range(present.year - _CENTURIES_ASIDE, present.year + _CENTURIES_ASIDE)
        years = [year for year in around if year % step == int(typed or 0) % step]
    else:
        years, side = [int(typed)], Side.NEAREST
    days = [day for year in years if (day := _calendar_day(year, int(found[2]), int(found[1])))]
    allowed = [day for day in days if side.allows(day, present)]
    if not allowed:
        raise PydanticCustomError("date_not_in_calendar", "no such day")
    return min(allowed, key=lambda day: abs(day - present))


def _calendar_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
