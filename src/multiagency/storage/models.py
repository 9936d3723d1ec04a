"""The end of a case, holds against deletion, the rules of retention, and what was deleted."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, ClientRecord, SealedColumn, client_data, identifier


class Closing(ClientRecord, Base):
    """Why a case was closed, each time that it was; `target` is the service that the client was guided to.

    Of one that ended early `outcome` says only that; `why` and, of a duplicate, `same_as` (the other's reference) are
    sealed: nobody learns of a second case from the first.
    """

    __tablename__ = "closing"
    __table_args__ = {"info": client_data(Kind.SHELL)}

    outcome: Mapped[str]
    target: Mapped[Sealed | None] = mapped_column(SealedColumn)
    reason: Mapped[Sealed | None] = mapped_column(SealedColumn)
    why: Mapped[Sealed | None] = mapped_column(SealedColumn)
    same_as: Mapped[Sealed | None] = mapped_column(SealedColumn)
    closed_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    closed_at: Mapped[datetime]


class Feedback(ClientRecord, Base):
    """What whoever closed a case tells whoever opened it, who reads it only where the client says so."""

    __tablename__ = "feedback"
    __table_args__ = {"info": client_data(Kind.NARRATIVE)}

    said: Mapped[Sealed] = mapped_column(SealedColumn)
    opener_reads: Mapped[bool]
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    written_at: Mapped[datetime]


class LegalHold(ClientRecord, Base):
    """While it is not lifted nothing of the case is deleted, whatever the rules say."""

    __tablename__ = "legal_hold"
    __table_args__ = {"info": client_data(Kind.SHELL)}

    reason: Mapped[Sealed] = mapped_column(SealedColumn)
    set_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    set_at: Mapped[datetime]
    lift_reason: Mapped[Sealed | None] = mapped_column(SealedColumn)
    lifted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    lifted_at: Mapped[datetime | None]


class RetentionRule(Base):
    """How many years a retention class is kept, counted from what, by which provision, during which period."""

    __tablename__ = "retention_rule"

    id: Mapped[UUID] = identifier()
    retention_class: Mapped[str]
    years: Mapped[int]
    counted_from: Mapped[str]
    provision: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]


class DeletionReport(Base):
    """What one run deleted of one controller and class: numbers only, nothing that leads to a case."""

    __tablename__ = "deletion_report"
    __table_args__ = (UniqueConstraint("run_id", "controller_id", "retention_class"),)

    id: Mapped[UUID] = identifier()
    run_id: Mapped[UUID]
    at: Mapped[datetime]
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    retention_class: Mapped[str]
    rows: Mapped[int]
    keys: Mapped[int]
    cases: Mapped[int]
    final_in_backups_on: Mapped[date]
