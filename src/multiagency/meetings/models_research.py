"""Research: what agencies are asked before a meeting, and what each answered."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import (
    Base,
    ClientRecord,
    SealedColumn,
    client_data,
)


class ResearchRequest(ClientRecord, Base):
    """What one agency at the table of a case is asked before a meeting: whether it knows its people. One lives.

    `due_on` is the last day for it, `returned_at` when the agency answered last; until then it has not answered. What
    it answered stands apart: whoever counts returns does not see whom an agency knows.
    """

    __tablename__ = "research_request"
    __table_args__ = (
        Index(
            "uq_research_request_living",
            "agenda_item_id",
            "agency_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_research_request_open",
            "due_on",
            postgresql_where=text("ended_at IS NULL AND returned_at IS NULL"),
        ),
        {"info": client_data(Kind.MEETING)},
    )

    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    returned_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class ResearchAnswer(ClientRecord, Base):
    """What an agency answered, as its own record: known or nothing_known; the newest counts, the earlier ones stay.

    That an agency knows somebody is told: the kind is what an agency tells of its own.
    """

    __tablename__ = "research_answer"
    __table_args__ = {"info": client_data(Kind.NARRATIVE)}

    request_id: Mapped[UUID] = mapped_column(ForeignKey("research_request.id"), index=True)
    answer: Mapped[Sealed] = mapped_column(SealedColumn)
    answered_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    answered_at: Mapped[datetime]
