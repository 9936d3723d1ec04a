"""Protected addresses and who is cleared, openings in an emergency, and work that was handed on."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import (
    Base,
    ClientRecord,
    SealedColumn,
    changing_function,
    client_data,
    client_function,
    identifier,
)

client_function("supervised_work", Kind.SHELL, Kind.ACTION)
changing_function("keep_agency_out", "name_deputy", "fill_deputies", "end_deputy", "open_break_glass", "hand_over_work")


class AddressProtection(ClientRecord, Base):
    """An order of non-disclosure for personal safety (turvakielto, 661/2009 section 36); `valid_until` is its last day.

    While one lives, the safe contact of the case is for cleared posts only. `reminded_at` is the worker's. Two who
    record an order at the same moment meet in its `version`.
    """

    __tablename__ = "address_protection"
    __table_args__ = (UniqueConstraint("case_id", "version"), {"info": client_data(Kind.CONTACT)})
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))  # found by the unique constraint

    version: Mapped[int]
    granted_on: Mapped[date]
    valid_until: Mapped[date]
    covers_household: Mapped[bool]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]


class AddressClearance(Base):
    """A post whose task needs the protected address (661/2009 section 37); worth something only with a live grant."""

    __tablename__ = "address_clearance"

    id: Mapped[UUID] = identifier()
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    named_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class BreakGlass(ClientRecord, Base):
    """A case opened in an emergency, why, and for how many minutes; its grant carries the end.

    `referred_at` tells when the auditors were told that nobody had answered whether it was needed.
    """

    __tablename__ = "break_glass"
    __table_args__ = (
        Index("ix_break_glass_unreferred", "opened_at", postgresql_where=text("referred_at IS NULL")),
        {"info": client_data(Kind.SHELL)},
    )

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    reason: Mapped[Sealed] = mapped_column(SealedColumn)
    minutes: Mapped[int]
    opened_at: Mapped[datetime]
    referred_at: Mapped[datetime | None]


class BreakGlassReview(ClientRecord, Base):
    """What a coordinator answers about an opening, once: whether it was needed, in words."""

    __tablename__ = "break_glass_review"
    __table_args__ = (UniqueConstraint("opening_id"), {"info": client_data(Kind.SHELL)})

    opening_id: Mapped[UUID] = mapped_column(ForeignKey("break_glass.id"))
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    needed: Mapped[bool]
    words: Mapped[Sealed] = mapped_column(SealedColumn)
    reviewed_at: Mapped[datetime]


class Reassignment(Base):
    """One piece of work handed on by somebody who looks after it: a referral, or an action, by its reference.

    `reason` is a code: why it did not stay where it was.
    """

    __tablename__ = "reassignment"

    id: Mapped[UUID] = identifier()
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    what: Mapped[str]
    item: Mapped[str]
    from_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    reason: Mapped[str]
    at: Mapped[datetime]


class Departure(Base):
    """That somebody was told of a case which a post that is over has left behind."""

    __tablename__ = "departure"

    id: Mapped[UUID] = identifier()
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    told_at: Mapped[datetime]
