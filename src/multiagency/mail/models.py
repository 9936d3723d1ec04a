"""The outbox: messages written in the business transaction, sealed until delivered, then erased."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, SealedColumn, identifier


class OutboxMessage(Base):
    """One message to one recipient. Messages of one `stream` (an invitation) leave first in, first out.

    `state` is pending, sent or dropped. The body is sealed under a key of its own, wrapped beside it; both go once
    the message is delivered or dropped.
    """

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("stream_id", "ordinal"),)

    id: Mapped[UUID] = identifier()
    stream_id: Mapped[UUID]
    ordinal: Mapped[int]
    purpose: Mapped[str]
    message_id: Mapped[str] = mapped_column(unique=True)
    body: Mapped[Sealed | None] = mapped_column(SealedColumn)
    wrapped_key: Mapped[bytes | None]
    state: Mapped[str]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    last_error: Mapped[str | None]
