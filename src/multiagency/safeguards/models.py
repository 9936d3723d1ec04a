"""Protected addresses and who is cleared, and openings in an emergency."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, ClientRecord, SealedColumn, client_data, identifier


class AddressProtection(ClientRecord, Base):
    """An order of non-disclosure for personal safety (turvakielto, 661/2009 section 36); `valid_until` is its last day.

    While one lives, the safe contact of the case is for cleared posts only. `reminded_at` is the worker's. Two who
    record an order at the same moment meet in its `version`.
    """

    __tablename__ = "address_protection"
    __table_args__ = (UniqueConstraint("case_id", "version"), {"info": client_data(Kind.CONTACT)})

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
    """A case opened in an emergency, why, and for how many minutes; its grant carries the end."""

    __tablename__ = "break_glass"
    __table_args__ = ({"info": client_data(Kind.SHELL)},)

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    reason: Mapped[Sealed] = mapped_column(SealedColumn)
    minutes: Mapped[int]
    opened_at: Mapped[datetime]
