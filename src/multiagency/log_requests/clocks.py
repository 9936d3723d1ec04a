"""The clocks of a request: dated parameters, months as people count them (703/2023 § 11; 1054/2018 § 24)."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta

from multiagency.kernel.clock import from_helsinki, now, to_helsinki
from multiagency.kernel.work import Work
from multiagency.pathways.service import parameter

_MONTHS = {"client_data": "log_request_months", "police": "log_request_police_months"}
_PATHWAY = "marak"
"""Where the defaults stand; the law is the same for every pathway and team."""


async def number(work: Work, name: str) -> int:
    """Return the value in force of a dated parameter that holds for everybody."""
    return await parameter(work, _PATHWAY, name, None)


def today() -> date:
    """Return today's date in Finland."""
    return to_helsinki(now()).date()


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later (or earlier), or the month's last day where there is none such."""
    place = day.year * 12 + day.month - 1 + months
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


async def due_on(work: Work, track: str, arrived_on: date) -> date:
    """Return the last day for an answer."""
    return months_after(arrived_on, await number(work, _MONTHS[track]))


def begin_of(day: date) -> datetime:
    """Return the first moment of a day in Finland."""
    return from_helsinki(datetime.combine(day, time()))


def end_of(day: date) -> datetime:
    """Return the first moment after a day in Finland."""
    return begin_of(day + timedelta(days=1))
