"""Minutes: common text and parts, to whom they go, what was added, and how they are recorded at home."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.consent.models import Instruction
from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import (
    Base,
    ClientRecord,
    SealedColumn,
    client_data,
)


class Minutes(ClientRecord, Base):
    """What was said and agreed about one case in one meeting: drafts, of which one is approved and never changes.

    Where a name was masked in it, `original` keeps the wording as it was: no process that serves people reads that.
    """

    __tablename__ = "minutes"
    __table_args__ = (
        UniqueConstraint("agenda_item_id", "version"),
        Index("uq_minutes_approved", "agenda_item_id", unique=True, postgresql_where=text("approved_at IS NOT NULL")),
        {"info": client_data(Kind.MINUTES)},
    )

    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"))
    version: Mapped[int]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    text: Mapped[Sealed] = mapped_column(SealedColumn)
    original: Mapped[Sealed | None] = mapped_column(SealedColumn, deferred=True)
    recorded_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))


class MinutesPart(ClientRecord, Base):
    """What one agency alone may record of one case in one meeting: its own record, drafted and approved as minutes are.

    `controller_id` is that agency; `version` counts with the minutes of the same place. Without a text there is no
    such part any more. `original` as in minutes.
    """

    __tablename__ = "minutes_part"
    __table_args__ = (
        UniqueConstraint("agenda_item_id", "controller_id", "version"),
        Index(
            "uq_minutes_part_approved",
            "agenda_item_id",
            "controller_id",
            unique=True,
            postgresql_where=text("approved_at IS NOT NULL"),
        ),
        {"info": client_data(Kind.MINUTES)},
    )

    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"))
    version: Mapped[int]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    text: Mapped[Sealed | None] = mapped_column(SealedColumn)
    original: Mapped[Sealed | None] = mapped_column(SealedColumn, deferred=True)
    recorded_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))


class MinutesRecipient(ClientRecord, Base):
    """An agency to which the minutes of one case in one meeting go: named beforehand, given them from `received_at` on.

    Where none is named, they go to those who sit there and to whoever opened the case.
    """

    __tablename__ = "minutes_recipient"
    __table_args__ = (
        Index(
            "uq_minutes_recipient_living",
            "agenda_item_id",
            "agency_id",
            unique=True,
            postgresql_where=text("dropped_at IS NULL"),
        ),
        {"info": client_data(Kind.MINUTES)},
    )

    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    named_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    named_at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]


class MinutesAddendum(ClientRecord, Base):
    """What was added to approved minutes, or corrected in them, by whom and when; their text stays as it is.

    `agency_id` names the agency whose part it corrects; null where it is for all who received the minutes. `original`
    as in minutes.
    """

    __tablename__ = "minutes_addendum"
    __table_args__ = {"info": client_data(Kind.MINUTES)}

    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("minutes.id"), index=True)
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    text: Mapped[Sealed] = mapped_column(SealedColumn)
    original: Mapped[Sealed | None] = mapped_column(SealedColumn, deferred=True)
    added_at: Mapped[datetime]


class MinutesInstruction(Instruction, Base):
    """How whoever takes something home from the minutes of one case in one meeting records it; the newest counts.

    `agency_id` names the agency whose part it is about; null where it is about all that has none of its own.
    """

    __tablename__ = "minutes_instruction"
    __table_args__ = {"info": client_data(Kind.MINUTES)}

    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))


class MinutesRecorded(ClientRecord, Base):
    """That somebody who sat there has recorded it as that instruction says, in their own agency's record."""

    __tablename__ = "minutes_recorded"
    __table_args__ = (UniqueConstraint("instruction_id", "post_id"), {"info": client_data(Kind.MINUTES)})

    instruction_id: Mapped[UUID] = mapped_column(ForeignKey("minutes_instruction.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    recorded_at: Mapped[datetime]
