"""Which days of Finland are no working days, and deadlines that skip them."""

from datetime import date, datetime, timedelta
from functools import cache

from holidays import country_holidays
from holidays.countries.finland import Finland

from multiagency.kernel.clock import from_helsinki, to_helsinki

_SATURDAY = 5  # Monday is 0


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the holidays of Finland with Midsummer Eve and Christmas Eve (law facts 4.6), as the library knows them.

    Raises ValueError for a year that it does not know.
    """
    if not Finland.start_year <= year <= Finland.end_year:
        raise ValueError(f"the holidays of Finland are known from {Finland.start_year} to {Finland.end_year} only")
    return frozenset(country_holidays("FI", years=year))


def is_working_day(day: date) -> bool:
    """Tell whether a day is one from Monday to Friday and no holiday."""
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


def working_days_later(day: date, days: int) -> date:
    """Return the last of so many working days, counted from the day after; with none, the day itself.

    Raises ValueError beyond the years whose holidays are known.
    """
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day


def working_days_earlier(day: date, days: int) -> date:
    """Return the first of so many working days that end the day before; with none, the day itself.

    Raises ValueError beyond the years whose holidays are known.
    """
    while days > 0:
        day -= timedelta(days=1)
        days -= is_working_day(day)
    return day


def after_working_days(moment: datetime, days: int) -> datetime:
    """Return the same time of day in Finland so many working days later."""
    local = to_helsinki(moment).replace(tzinfo=None)
    return from_helsinki(datetime.combine(working_days_later(local.date(), days), local.time()))
