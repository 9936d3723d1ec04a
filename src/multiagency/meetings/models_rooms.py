"""Rooms: who is in them and what they promised, what providers are asked for, and the client beside somebody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.access import Kind
from multiagency.kernel.database import (
    Base,
    ClientRecord,
    client_data,
    identifier,
)


class Presence(ClientRecord, Base):
    """Somebody in the room of a case, from entering until leaving or being put out; `ticket` let them in last.

    `connected_at` is when the connection was last opened to them, `emptied_at` when whoever leads said that they have
    left a room which only people can empty.
    """

    __tablename__ = "room_presence"
    __table_args__ = (
        UniqueConstraint("seat_id"),
        Index("ix_room_presence_entered_at", "entered_at"),
        {"info": client_data(Kind.MEETING)},
    )

    seat_id: Mapped[UUID] = mapped_column(ForeignKey("seat.id"))
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    ticket: Mapped[UUID | None]
    connected_at: Mapped[datetime | None]
    emptied_at: Mapped[datetime | None]


class RoomPromise(Base):
    """What a post promised for one meeting before anything of it opened: secrecy, and a room of their own.

    `wording` is the version of the sentences, `language` the one in which they were read.
    """

    __tablename__ = "room_promise"
    __table_args__ = (UniqueConstraint("meeting_id", "post_id", "wording"),)

    id: Mapped[UUID] = identifier()
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    wording: Mapped[str]
    language: Mapped[str]
    promised_at: Mapped[datetime]


class RoomCall(Base):
    """What the provider of a room is to do: make it, put somebody out, end it. Holds a room's name and a pseudonym.

    Without `next_attempt_at` only people can do it. From `told_at` on whoever leads has been told that it is not done;
    it is settled by the provider's word or by theirs.
    """

    __tablename__ = "room_call"
    __table_args__ = (
        Index("ix_room_call_due", "next_attempt_at", postgresql_where=text("settled_at IS NULL")),
        Index("ix_room_call_told", "meeting_id", postgresql_where=text("settled_at IS NULL AND told_at IS NOT NULL")),
        Index("uq_room_call_open", "room", unique=True, postgresql_where=text("what = 'open'")),
    )

    id: Mapped[UUID] = identifier()
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    what: Mapped[str]
    room: Mapped[UUID]
    holder: Mapped[str]
    asked_at: Mapped[datetime]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))


class ClientBeside(ClientRecord, Base):
    """That the client takes part in their own case, beside the named professional whose seat this is. One lives.

    It is dead with that seat, whatever stands here. An interpreter has a seat of their own at the case.
    """

    __tablename__ = "client_beside"
    __table_args__ = (
        Index("uq_client_beside_living", "agenda_item_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        {"info": client_data(Kind.MEETING)},
    )

    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"))
    seat_id: Mapped[UUID] = mapped_column(ForeignKey("seat.id"), index=True)
    interpreter_seat_id: Mapped[UUID | None] = mapped_column(ForeignKey("seat.id"), index=True)
    arranged_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    arranged_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
