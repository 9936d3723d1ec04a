"""The log's tables: entries and their numbers take inserts only; `audit_detail` is the erasable part."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    TypeDecorator,
    case,
    func,
    literal,
    null,
)
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, SealedColumn, identifier

EARLIEST = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def plausible(moment: Any) -> ColumnElement[bool]:
    """Return the condition that a column's moment can be: of this century, and not after tomorrow."""
    earliest, latest = literal(EARLIEST, DateTime(timezone=True)), func.now() + func.make_interval(0, 0, 0, 1)
    found: ColumnElement[bool] = moment.between(earliest, latest)
    return found


class LogMoment(TypeDecorator[datetime]):
    """A moment of the log. One that cannot be is read as None, whatever the column says of nulls.

    Somebody may have put it there past the constraints; the driver has no time before Christ, and would raise.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def column_expression(self, column: Any) -> ColumnElement[Any]:
        """Read the moment only where it can be."""
        return case((plausible(column), column), else_=null())

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """Let a moment be compared and counted with as any other."""
        return self.impl_instance.coerce_compared_value(op, value)


class AuditEntry(Base):
    """The hashed bytes of one entry and their leaf hash (RFC 6962); no free text, no personal data.

    The database takes nothing else: hash, id and time must be those of the bytes, one small flat JSON object.
    """

    __tablename__ = "audit_entry"

    id: Mapped[UUID] = identifier()
    at: Mapped[datetime | None] = mapped_column(LogMoment, nullable=False)
    body: Mapped[bytes]
    leaf_hash: Mapped[bytes]


class AuditDetail(Base):
    """What the commitment in an entry's body commits to: sealed under the yearly log key, salt beside it.

    The plain columns say the same as the sealed detail, in ids and codes, so that the auditor can search; they are no
    proof, and what is shown always comes from the detail that was committed to. All of it is erased together.
    """

    __tablename__ = "audit_detail"
    __table_args__ = (
        Index("ix_audit_detail_person", "person_id", "entry_id"),
        Index("ix_audit_detail_reference", "case_reference", "entry_id"),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True)
    salt: Mapped[bytes]
    detail: Mapped[Sealed] = mapped_column(SealedColumn)
    at: Mapped[datetime | None] = mapped_column(LogMoment, index=True)
    act: Mapped[str | None]
    mode: Mapped[str | None]
    basis: Mapped[str | None]
    person_id: Mapped[UUID | None]
    post_id: Mapped[UUID | None]
    agency_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    case_reference: Mapped[str | None]
    subject_id: Mapped[UUID | None] = mapped_column(index=True)
    controller_id: Mapped[UUID | None]
    recipient_id: Mapped[UUID | None]


class AuditWaiting(Base):
    """The queue of the sequencer: an entry stands in it from the transaction that wrote it until it has its number."""

    __tablename__ = "audit_waiting"

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)


class AuditRefused(Base):
    """An entry that got no number, for `why` (a code): it is not what the service writes."""

    __tablename__ = "audit_refused"

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime | None] = mapped_column(LogMoment, nullable=False)
    why: Mapped[str]


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
    published_at: Mapped[datetime | None] = mapped_column(LogMoment, nullable=False, index=True)


class AuditNode(Base):
    """The root of a perfect subtree of 2**level entries (see `ranges`): what proofs are made of.

    Made by the sequencer with the numbers, so that neither it nor a proof ever reads the whole log, and kept when the
    entries below are pruned.
    """

    __tablename__ = "audit_node"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class AuditPruning(Base):
    """The entries before `size` were destroyed because their time was over; their subtree hashes stay."""

    __tablename__ = "audit_pruning"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime | None] = mapped_column(LogMoment, nullable=False)


class AuditDemand(Base):
    """An auditor asks for a checkpoint now instead of in a few seconds."""

    __tablename__ = "audit_demand"

    id: Mapped[UUID] = identifier()
    at: Mapped[datetime | None] = mapped_column(LogMoment, nullable=False)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))


class AuditWitness(Base):
    """A key with which an agency co-signs checkpoints on its own machine.

    They are mailed to `mail` and brought to `url` (the submission prefix of C2SP tlog-witness) where these are set.
    """

    __tablename__ = "audit_witness"

    id: Mapped[UUID] = identifier()
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    vkey: Mapped[str] = mapped_column(unique=True)
    mail: Mapped[str | None]
    url: Mapped[str | None]
    registered_at: Mapped[datetime | None] = mapped_column(LogMoment, nullable=False)
    registered_by: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    ended_at: Mapped[datetime | None] = mapped_column(LogMoment)


class AuditCosignature(Base):
    """What a witness has co-signed: the signature line that stands under the checkpoint (C2SP tlog-cosignature)."""

    __tablename__ = "audit_cosignature"

    tree_size: Mapped[int] = mapped_column(ForeignKey("audit_checkpoint.tree_size"), primary_key=True)
    witness_id: Mapped[UUID] = mapped_column(ForeignKey("audit_witness.id"), primary_key=True)
    line: Mapped[str]
    seen_at: Mapped[datetime | None] = mapped_column(LogMoment, nullable=False)
    received_at: Mapped[datetime | None] = mapped_column(LogMoment, nullable=False)
