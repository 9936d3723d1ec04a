"""Risk assessments: one filled-in version of a checklist, item by item."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, SealedColumn, Versioned, client_data


class Assessment(Versioned, Base):
    """A checklist of one form version and the professional's judgement; immutable once `completed_at` is set.

    `client_words` says what the client is afraid of, in their own words; `source` where answers come from unless an
    answer says otherwise.
    """

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("case_id", "version"), {"info": client_data(Kind.RISK)})
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))  # found by the unique constraint

    version: Mapped[int]
    form: Mapped[str]
    assessor_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    judged_high: Mapped[bool | None]
    judgement_reason: Mapped[Sealed | None] = mapped_column(SealedColumn)
    client_words: Mapped[Sealed | None] = mapped_column(SealedColumn)
    source: Mapped[str | None]


class Answer(Versioned, Base):
    """The answer to one item: yes, no or not_known; an unanswered item has no row or the answer unanswered.

    The questions about safety that come before the items are answered here too, each with an answer of its own.
    """

    __tablename__ = "assessment_answer"
    __table_args__ = (UniqueConstraint("assessment_id", "item"), {"info": client_data(Kind.RISK)})

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"))
    item: Mapped[str]
    answer: Mapped[str]
    comment: Mapped[Sealed | None] = mapped_column(SealedColumn)
    source: Mapped[str | None]
