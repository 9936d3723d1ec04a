"""When somebody can meet: their own words as times, and the busy times of a calendar, without a title or a place."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, SealedColumn, identifier


class Availability(Base):
    """That a post can meet in this time, or cannot, as its holder says."""

    __tablename__ = "availability"
    __table_args__ = (Index("ix_availability_post_id", "post_id", "ends_at"),)

    id: Mapped[UUID] = identifier()
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    can: Mapped[bool]


class BusySource(Base):
    """A post's calendar that is asked for busy times: `kind` is ics or caldav; the address itself is a secret.

    `trouble` is a code for why it could not be read the last time it was asked.
    """

    __tablename__ = "busy_source"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), primary_key=True)
    kind: Mapped[str]
    address: Mapped[Sealed] = mapped_column(SealedColumn)
    login: Mapped[Sealed | None] = mapped_column(SealedColumn)
    password: Mapped[Sealed | None] = mapped_column(SealedColumn)
    set_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    trouble: Mapped[str | None]


class BusyTime(Base):
    """A time in which the calendar of a post says busy."""

    __tablename__ = "busy_time"
    __table_args__ = (Index("ix_busy_time_post_id", "post_id", "ends_at"),)

    id: Mapped[UUID] = identifier()
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
