"""A question to a team that names nobody, what was said about it, and what is left of it when it has ended.

It is about no client, on purpose: nothing here hangs on a case, and nothing is ever compared with one (supplement, row
N4 and requirement 80).
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, SealedColumn, changing_function, identifier

changing_function("end_consultation")
_OPEN = text("ended_how IS NULL")


class Consultation(Base):
    """A question of one post to one team; `state` tells whose turn it is: asked or answered.

    `ends_on` is the last day, by the parameter of the day on which it was asked. Ended, it is a count: the team, the
    first day of the month in which it was asked, and how it ended (became_case, ended or ran_out).
    """

    __tablename__ = "consultation"
    __table_args__ = (
        Index("ix_consultation_asker_id", "asker_id", postgresql_where=_OPEN),
        Index("ix_consultation_team_id", "team_id", postgresql_where=_OPEN),
        Index("ix_consultation_ends_on", "ends_on", postgresql_where=_OPEN),
    )

    id: Mapped[UUID] = identifier()
    reference: Mapped[str] = mapped_column(unique=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    month: Mapped[date]
    ends_on: Mapped[date]
    asker_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    state: Mapped[str]
    changed_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]


class ConsultationWords(Base):
    """What the asker or somebody of the team said, sealed under a data key that goes with the question's end."""

    __tablename__ = "consultation_words"

    id: Mapped[UUID] = identifier()
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    said: Mapped[Sealed] = mapped_column(SealedColumn)
    said_at: Mapped[datetime]
