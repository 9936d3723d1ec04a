"""Somebody used the service outside working hours; for the police and for shelters that may be their shift."""

from datetime import datetime

from sqlalchemy import Date, Integer, cast, func, or_

from multiagency.audit.models import AuditDetail
from multiagency.kernel.clock import HELSINKI, now
from multiagency.kernel.work import Work
from multiagency.kernel.working_days import holidays
from multiagency.oversight.filters import by_staff
from multiagency.oversight.patterns.hits import Hit, grouped
from multiagency.oversight.patterns.thresholds import threshold

CODE = "outside_hours"
_SATURDAY = 6  # ISO: Monday is 1


async def find(work: Work, since: datetime) -> list[Hit]:
    """Return who did something at weekends, on holidays, or before and after the hours of a working day, by the day."""
    local = func.timezone(HELSINKI.key, AuditDetail.at)
    day, hour = cast(local, Date), cast(func.date_part("hour", local), Integer)
    free = {one for year in range(since.year, now().year + 2) for one in holidays(year)}
    outside = or_(
        hour < await threshold(work, "workday_from"),
        hour >= await threshold(work, "workday_to"),
        func.date_part("isodow", local) >= _SATURDAY,
        day.in_(sorted(free)),
    )
    least = await threshold(work, "outside_hours_entries")
    return await grouped(work, CODE, since, least, outside, by_staff(), by=(day,))
