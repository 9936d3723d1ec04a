"""Which days of Finland are no working days, and deadlines that skip them."""

from datetime import date, datetime, timedelta
from functools import cache

from multiagency.kernel.clock import from_helsinki, to_helsinki


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the days besides Sundays that do not count as weekdays (Annual Holidays Act 162/2005 section 4).

    Church holidays, Independence Day, Christmas Eve, Midsummer Eve, Easter Saturday and May Day.
    """
    easter = easter_sunday(year)
    fixed = {(1, 1), (1, 6), (5, 1), (12, 6), (12, 24), (12, 25), (12, 26)}
    moving = {easter + timedelta(days) for days in (-2, -1, 0, 1, 39)}
    midsummer_eve = _first(date(year, 6, 19), weekday=4)
    moving |= {midsummer_eve, midsummer_eve + timedelta(1), _first(date(year, 10, 31), weekday=5)}
    return frozenset({date(year, month, day) for month, day in fixed} | moving)


def _first(day: date, weekday: int) -> date:
    """Return the first day with this weekday (Monday is 0) from `day` on."""
    return day + timedelta((weekday - day.weekday()) % 7)


def easter_sunday(year: int) -> date:
    """Return Easter of the Gregorian calendar (the anonymous algorithm, as Meeus gives it)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    leap = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * leap) // 451
    month, day = divmod(epact + leap - 7 * late + 114, 31)
    return date(year, month, day + 1)


def after_working_days(moment: datetime, days: int) -> datetime:
    """Return the same time of day in Finland so many working days later: Monday to Friday, no holidays."""
    local = to_helsinki(moment).replace(tzinfo=None)
    while days:
        local += timedelta(days=1)
        days -= local.weekday() < 5 and local.date() not in holidays(local.year)
    return from_helsinki(local)
