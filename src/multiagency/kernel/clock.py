"""Time: stored in UTC, shown in Europe/Helsinki. The service asks here what time it is; a witness has its own clock."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

HELSINKI = ZoneInfo("Europe/Helsinki")
DayT = TypeVar("DayT", date, datetime)


def now() -> datetime:
    """Return the present moment in UTC, to the microsecond (what a timestamptz column holds)."""
    return datetime.now(UTC)


def today() -> date:
    """Return today's date in Finland."""
    return to_helsinki(now()).date()


def later(when: DayT, *, years: int = 0, months: int = 0) -> DayT:
    """Return the same day so many years and months later, or earlier; the month's last day where there is none such.

    So statutory periods end (150/1930 section 3).
    """
    found: DayT = when + relativedelta(years=years, months=months)
    return found


def begin_of(day: date) -> datetime:
    """Return the first moment of a day in Finland."""
    return from_helsinki(datetime.combine(day, time()))


def end_of(day: date) -> datetime:
    """Return the first moment after a day in Finland."""
    return begin_of(day + timedelta(days=1))


def to_helsinki(moment: datetime) -> datetime:
    """Return the same moment on the clock of Finland."""
    return moment.astimezone(HELSINKI)


def from_helsinki(local: datetime) -> datetime:
    """Return a wall-clock time of Finland in UTC; a time that the spring change skips moves forward."""
    return local.replace(tzinfo=HELSINKI).astimezone(UTC)
