"""The outbox: messages written in the business transaction, sealed until delivered, then erased."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, SealedColumn, identifier

_WAITS = text("state = 'waiting'")


class OutboxMessage(Base):
    """One message to one recipient. Messages of one `stream` (an invitation) leave first in, first out.

    `state` is one of `mail/outbox.py`. The body is sealed under a key of its own, wrapped beside it; both go once the
    message waits no more. `return_path` is where reports about it come back to, its sender where that is empty.
    `may_have_left` is true from the moment of a claim until it is known that nothing arrived.
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
    return_path: Mapped[str | None]


class MailboxMessage(Base):
    """A message of the mailbox that was dealt with: read once, whatever happens before it is deleted there.

    `box` is the UIDVALIDITY of its folder and `uid` its UID (RFC 3501 section 2.3.1.1), `stream_id` what it is about
    where that was found, `result` a word. Nothing of what stood in it is kept.
    """

    __tablename__ = "mailbox_message"
    __table_args__ = (UniqueConstraint("box", "uid"),)

    id: Mapped[UUID] = identifier()
    box: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    stream_id: Mapped[UUID | None] = mapped_column(index=True)
    result: Mapped[str]
    read_at: Mapped[datetime] = mapped_column(index=True)
