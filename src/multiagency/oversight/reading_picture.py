"""The picture of use: how many uses there were in each hour of each day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Date, Integer, cast, func, select

from multiagency.audit.models import AuditDetail
from multiagency.kernel.clock import HELSINKI, today
from multiagency.kernel.work import Work
from multiagency.oversight import reading as service
from multiagency.oversight.filters import FilterForm
from multiagency.oversight.forms_picture import PictureForm

SHADES = 5
"""Steps of shade, from none to the busiest hour; the number stands in the cell as well."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Days from the newest to the oldest, each with its 24 hours of Finland's clock."""

    days: tuple[date, ...]
    uses: Mapping[date, tuple[int, ...]]

    @property
    def busiest(self) -> int:
        """The most uses in one hour."""
        return max((max(hours) for hours in self.uses.values()), default=0)

    def shade(self, uses: int) -> int:
        """Return the step of shade for a number of uses: 0 for none, then by their share of the busiest hour."""
        return -(-uses * (SHADES - 1) // self.busiest) if uses else 0


async def draw(work: Work, form: PictureForm) -> Picture:
    """Return the picture of people's uses; what the service's own jobs do is left out. Looking is logged."""
    last = form.until or today()
    days = tuple(last - timedelta(back) for back in range(7 * form.weeks))
    asked = FilterForm(since=days[-1], until=last, agency=form.agency, person=form.person, staff=True).filters()
    await service.record(work, asked)
    local = func.timezone(HELSINKI.key, AuditDetail.at)
    day, hour = cast(local, Date).label("day"), cast(func.date_part("hour", local), Integer).label("hour")
    query = select(day, hour, func.count()).where(*asked.where()).group_by(day, hour)
    found = {(row[0], row[1]): row[2] for row in await work.session.execute(query)}
    return Picture(days, {one: tuple(found.get((one, hour), 0) for hour in range(24)) for one in days})


def start_of(day: date, hour: int) -> datetime:
    """Return the start of an hour on Finland's clock, without a zone."""
    return datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001 - a wall clock
