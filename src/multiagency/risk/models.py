"""Assessments: one filled-in version of an instrument, item by item; and the events that ask for a new one."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, ClientRecord, SealedColumn, Versioned, client_data, client_function

client_function("times_measured", Kind.SHELL)


class Assessment(Versioned, Base):
    """An instrument of one version, filled in, and the professional's judgement; immutable once `completed_at` is set.

    Then `grounds` are all that applied. `measures` tells an instrument that refers nobody. `previous_on` is the day of
    an earlier referral or meeting, as the referrer states it, `previous_same_pair` whether it was about the same two.
    `client_words` says what the client is afraid of, in their own words; `source` where answers come from unless an
    answer says otherwise.
    """

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("case_id", "instrument", "version"), {"info": client_data(Kind.RISK)})
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))  # found by the unique constraint

    version: Mapped[int]
    instrument: Mapped[str]
    instrument_version: Mapped[str]
    measures: Mapped[bool]
    assessor_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    judged_high: Mapped[bool | None]
    judgement_reason: Mapped[Sealed | None] = mapped_column(SealedColumn)
    client_words: Mapped[Sealed | None] = mapped_column(SealedColumn)
    source: Mapped[str | None]
    previous_on: Mapped[date | None]
    previous_same_pair: Mapped[bool | None]
    grounds: Mapped[list[str] | None]


class Answer(Versioned, Base):
    """The answer to one item: a value of its scale or not_known; an unanswered item has no row, or that answer.

    What is answered beside the items stands here too, under a name with a dot: questions about safety (`safety.`), what
    is feared for whom (`grid.`), further questions (`more.`).
    """

    __tablename__ = "assessment_answer"
    __table_args__ = (UniqueConstraint("assessment_id", "item"), {"info": client_data(Kind.RISK)})

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"))
    item: Mapped[str]
    answer: Mapped[str]
    comment: Mapped[Sealed | None] = mapped_column(SealedColumn)
    source: Mapped[str | None]


class DatedEvent(ClientRecord, Base):
    """What has happened or will on a day, and asks for a new assessment (requirement 68); struck when it was wrong.

    Incidents are among them: escalation and repeats are counted from their days.
    """

    __tablename__ = "dated_event"
    __table_args__ = {"info": client_data(Kind.RISK)}

    kind: Mapped[str]
    day: Mapped[date]
    noted_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    noted_at: Mapped[datetime]
    struck_at: Mapped[datetime | None]
