"""Meetings, their agenda, the seats at the table, invitations, who is in a room, and minutes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.consent.models import Instruction
from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, ClientRecord, SealedColumn, changing_function, client_data, identifier

changing_function("calendar_of", "end_reaching_with", "end_seats_without_grant", "mask_minutes")


class Meeting(Base):
    """A remote meeting of a team. Holds nothing about any client: `reason` is a code.

    `state` is planned, open (invitations have left), cancelled, not_held, or recorded: entered after it was held.
    """

    __tablename__ = "meeting"
    __table_args__ = (Index("ix_meeting_to_come", "starts_at", postgresql_where=text("state = 'open'")),)

    id: Mapped[UUID] = identifier()
    reference: Mapped[str] = mapped_column(unique=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str]
    reason: Mapped[str | None]


class AgendaItem(ClientRecord, Base):
    """A case on the agenda, with a room of its own: rooms are never shared between cases. One lives at a time.

    `came_from` is the stage to which the case returns when it comes off undiscussed; `discussed_at`, when its minutes
    were approved. `ended_because` is removed, not_held or cancelled; nothing where the case itself ended it.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        Index("uq_agenda_item_living", "meeting_id", "case_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index(
            "ix_agenda_item_undiscussed",
            "case_id",
            postgresql_where=text("ended_at IS NULL AND discussed_at IS NULL"),
        ),
        {"info": client_data(Kind.MEETING)},
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int]
    room: Mapped[UUID] = mapped_column(unique=True)
    came_from: Mapped[str]
    discussed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]


class Seat(ClientRecord, Base):
    """(agenda item, post): the occasion of a grant, ended when the basis of its agency ends. One lives at a time.

    `reaches_client` tells that its task is to reach the client: then its holder sees how, until the meeting is over.
    """

    __tablename__ = "seat"
    __table_args__ = (
        Index("uq_seat_living", "agenda_item_id", "post_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        {"info": client_data(Kind.MEETING)},
    )

    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    reaches_client: Mapped[bool]
    ended_at: Mapped[datetime | None]


class SecuredOffice(ClientRecord, Base):
    """How the expertise of an office that is missing at a table was secured in another way; the newest counts.

    `office` is the first of those of which one is enough; `how` says in words who gave what the table needed, and how.
    """

    __tablename__ = "secured_office"
    __table_args__ = {"info": client_data(Kind.MEETING)}

    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    office: Mapped[str]
    how: Mapped[Sealed] = mapped_column(SealedColumn)
    noted_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    noted_at: Mapped[datetime]


class Presence(ClientRecord, Base):
    """Somebody in the room of a case, from entering until leaving or being put out; `ticket` let them in last."""

    __tablename__ = "room_presence"
    __table_args__ = (UniqueConstraint("seat_id"), {"info": client_data(Kind.MEETING)})

    seat_id: Mapped[UUID] = mapped_column(ForeignKey("seat.id"))
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    ticket: Mapped[UUID | None]


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


class MinutesAddendum(ClientRecord, Base):
    """What was added to approved minutes, or corrected in them, by whom and when; their text stays as it is.

    `original` as in minutes.
    """

    __tablename__ = "minutes_addendum"
    __table_args__ = {"info": client_data(Kind.MINUTES)}

    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("minutes.id"), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    text: Mapped[Sealed] = mapped_column(SealedColumn)
    original: Mapped[Sealed | None] = mapped_column(SealedColumn, deferred=True)
    added_at: Mapped[datetime]


class MinutesInstruction(Instruction, Base):
    """How whoever takes something home from the minutes of one case in one meeting records it; the newest counts."""

    __tablename__ = "minutes_instruction"
    __table_args__ = {"info": client_data(Kind.MINUTES)}

    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"), index=True)


class MinutesRecorded(ClientRecord, Base):
    """That somebody who sat there has recorded it as that instruction says, in their own agency's record."""

    __tablename__ = "minutes_recorded"
    __table_args__ = (UniqueConstraint("instruction_id", "post_id"), {"info": client_data(Kind.MINUTES)})

    instruction_id: Mapped[UUID] = mapped_column(ForeignKey("minutes_instruction.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    recorded_at: Mapped[datetime]


class Invitation(Base):
    """(meeting, post): one calendar UID for life, whose SEQUENCE rises with every update or cancellation.

    `instead_id` is who of the same agency could come, as somebody said who declined. `email` is where this invitation
    goes when the post's own address refused it, `reminded_at` when the person was reminded of the meeting as it is.
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("meeting_id", "post_id"),)

    id: Mapped[UUID] = identifier()
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    uid: Mapped[str] = mapped_column(unique=True)
    organiser: Mapped[str]
    sequence: Mapped[int]
    answer: Mapped[str]
    answered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    instead_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    email: Mapped[str | None]


class InvitationMail(Base):
    """One message of an invitation and how its delivery stands (`mail/outbox.py`); it stays when the outbox forgets.

    `email` is where it went, `return_path` where reports about it come back to; `words` what the recipient's server
    said when it refused. `delayed`: a server on the way has reported that it keeps trying. `may_have_left` says that it
    may have arrived, whatever became of it.
    """

    __tablename__ = "invitation_mail"
    __table_args__ = (UniqueConstraint("invitation_id", "sequence"),)

    id: Mapped[UUID] = identifier()
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitation.id"))
    sequence: Mapped[int]
    purpose: Mapped[str]
    message_id: Mapped[str]
    return_path: Mapped[str] = mapped_column(index=True)
    email: Mapped[str]
    state: Mapped[str]
    may_have_left: Mapped[bool]
    words: Mapped[str | None]


class JoinAddress(Base):
    """A private address that was mailed; only the hash of its secret part is stored.

    All that were mailed lead their owner to the invitation, as long as it lives.
    """

    __tablename__ = "join_address"

    id: Mapped[UUID] = identifier()
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitation.id"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(unique=True)


class InvitationRemark(Base):
    """The newest answer to an invitation that came by mail: a remark to whoever coordinates, that changes nothing.

    `kind` is accepted, declined, tentative, counter (another time is proposed: `starts_at`, `ends_at`) or delegated;
    `sequence` and `stamped_at` are the SEQUENCE and DTSTAMP that an answer must exceed to replace it (RFC 5546 section
    2.1.5). `state` is what the person has said of it after signing in: unconfirmed, confirmed or disowned.
    """

    __tablename__ = "invitation_remark"

    id: Mapped[UUID] = identifier()
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitation.id"), unique=True)
    kind: Mapped[str]
    sequence: Mapped[int]
    stamped_at: Mapped[datetime]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime]
    state: Mapped[str]


class CalendarFeed(Base):
    """The private address at which a calendar program reads a post's own meetings; only the hash of it is stored."""

    __tablename__ = "calendar_feed"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
