"""Dated parameters: thresholds and deadlines that change without a new release."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.database import Base, identifier


class DatedParameter(Base):
    """The value of a named number for a team (or for all when `team_id` is null) during a period."""

    __tablename__ = "dated_parameter"

    id: Mapped[UUID] = identifier()
    pathway: Mapped[str]
    name: Mapped[str]
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    value: Mapped[int]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
