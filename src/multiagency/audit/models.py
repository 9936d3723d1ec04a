"""The log's tables: entries and their numbers take inserts only; `audit_detail` is the erasable part."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, SealedColumn, identifier


class AuditEntry(Base):
    """The hashed bytes of one entry and their leaf hash (RFC 6962); no free text, no personal data."""

    __tablename__ = "audit_entry"

    id: Mapped[UUID] = identifier()
    at: Mapped[datetime]
    body: Mapped[bytes]
    leaf_hash: Mapped[bytes]


class AuditDetail(Base):
    """What the commitment in an entry's body commits to: sealed under the yearly log key, salt beside it.

    The plain columns say the same as the sealed detail, in ids and codes, so that the auditor can search; they are no
    proof, and what is shown always comes from the detail that was committed to. All of it is erased together.
    """

    __tablename__ = "audit_detail"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True)
    salt: Mapped[bytes]
    detail: Mapped[Sealed] = mapped_column(SealedColumn)
    at: Mapped[datetime | None] = mapped_column(index=True)
    act: Mapped[str | None]
    mode: Mapped[str | None]
    basis: Mapped[str | None]
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    post_id: Mapped[UUID | None]
    agency_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    case_reference: Mapped[str | None]
    subject_id: Mapped[UUID | None] = mapped_column(index=True)
    controller_id: Mapped[UUID | None]
    recipient_id: Mapped[UUID | None]


class AuditSequence(Base):
    """The number of an entry in the log, given by the one sequencer."""

    __tablename__ = "audit_sequence"

    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("audit_entry.id"), unique=True)


class AuditCheckpoint(Base):
    """A signed checkpoint of the tree at one size (C2SP tlog-checkpoint)."""

    __tablename__ = "audit_checkpoint"

    tree_size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    note: Mapped[str]
    published_at: Mapped[datetime]
