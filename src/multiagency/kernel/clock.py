"""Time: stored in UTC, shown in Europe/Helsinki. The only module that asks what time it is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")


def now() -> datetime:
    """Return the present moment in UTC, to the microsecond (what a timestamptz column holds)."""
    return datetime.now(UTC)


def years_after(moment: datetime, years: int) -> datetime:
    """Return the same date and time so many years later; from a leap day it is 1 March where there is none."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, month=3, day=1)


def to_helsinki(moment: datetime) -> datetime:
    """Return the same moment on the clock of Finland."""
    return moment.astimezone(HELSINKI)


def from_helsinki(local: datetime) -> datetime:
    """Return a wall-clock time of Finland in UTC; a time that the spring change skips moves forward."""
    return local.replace(tzinfo=HELSINKI).astimezone(UTC)
