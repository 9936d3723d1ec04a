"""The outbox: messages written in the business transaction, sealed until delivered, then erased."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, SealedColumn, identifier

_WAITS = text("state = 'waiting'")


class OutboxMessage(Base):
    """One message to one recipient. Messages of one `stream` (an invitation) leave first in, first out.

    `state` is one of `mail/outbox.py`. The body is sealed under a key of its own, wrapped beside it; both go once the
    message waits no more. `may_have_left` is true from the moment of a claim until it is known that nothing arrived.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("stream_id", "ordinal"),
        Index("ix_outbox_due", "next_attempt_at", postgresql_where=_WAITS),
        Index("ix_outbox_blocking", "stream_id", "ordinal", postgresql_where=_WAITS),
    )

    id: Mapped[UUID] = identifier()
    stream_id: Mapped[UUID]
    ordinal: Mapped[int]
    purpose: Mapped[str]
    message_id: Mapped[str] = mapped_column(unique=True)
    body: Mapped[Sealed | None] = mapped_column(SealedColumn)
    wrapped_key: Mapped[bytes | None]
    state: Mapped[str]
    attempts: Mapped[int]
    may_have_left: Mapped[bool]
    next_attempt_at: Mapped[datetime]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    last_error: Mapped[str | None]
