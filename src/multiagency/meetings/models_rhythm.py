"""When a team meets: its rhythm, as dated rows. Nothing here is about any client."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.database import Base, identifier


class MeetingRhythm(Base):
    """From `first_on` a team meets every so many weeks on that weekday; the newest row of a team holds.

    `starts` is the time of day in Finland (HH:MM), `minutes` how long. `on_holiday` says what comes of a day that is a
    holiday: it falls out (skip), or its meeting is on the working day before or after it.
    """

    __tablename__ = "meeting_rhythm"

    id: Mapped[UUID] = identifier()
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), index=True)
    first_on: Mapped[date]
    every_weeks: Mapped[int]
    starts: Mapped[str]
    minutes: Mapped[int]
    on_holiday: Mapped[str]
    set_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    set_at: Mapped[datetime]
