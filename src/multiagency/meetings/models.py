"""Meetings, their agenda, the seats at the table, research, invitations, who is in a room, and minutes."""

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

changing_function(
    "calendar_of", "empty_rooms", "end_reaching_with", "end_seats_without_grant", "mask_minutes", "press_run"
)
changing_function("move_research_with")
client_function("parts_to_mask", Kind.MINUTES)
client_function("who_reads_research", Kind.MEETING)


class Meeting(Base):
    """A remote meeting of a team. Holds nothing about any client: `reason` is a code.

    `state` is planned, open (invitations have left), cancelled, not_held, or recorded: entered after it was held.
    `urgently_called_by_id` is who called it for one case at once (`service_urgent.py`), where it was.
    `made_for` is the day of the team's rhythm that it was made for, wherever it was moved since; `team_only` says that
    the team meets about its own work: then no case ever comes on its agenda (`models_team.py`).
    `chair_id` leads it. `run_at` says since when somebody presses what comes next; before that, rooms open by the time.
    `turn` counts what was pressed: whoever presses says which turn they saw.
    `writer_id` is who was named to write its minutes; null for whoever coordinates. To be named shows nothing.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        Index(
            "ix_meeting_urgently_called",
            "urgently_called_by_id",
            postgresql_where=text("urgently_called_by_id IS NOT NULL"),
        ),
        Index(
            "uq_meeting_made_for",
            "team_id",
            "made_for",
            unique=True,
            postgresql_where=text("made_for IS NOT NULL AND state <> 'cancelled'"),
        ),
        Index("ix_meeting_to_come", "starts_at", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = identifier()
    reference: Mapped[str] = mapped_column(unique=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str]
    reason: Mapped[str | None]
    urgently_called_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    writer_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    chair_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"), index=True)
    run_at: Mapped[datetime | None]
    turn: Mapped[int] = mapped_column(default=0, server_default="0")
    made_for: Mapped[date | None]
    team_only: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class DutyShift(Base):
    """Who of a team can be called at once, from when until when, unless the shift was taken back (`ended_at`)."""

    __tablename__ = "duty_shift"
    __table_args__ = (Index("ix_duty_shift_to_come", "team_id", "ends_at", postgresql_where=text("ended_at IS NULL")),)

    id: Mapped[UUID] = identifier()
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AgendaItem(ClientRecord, Base):
    """A case on the agenda, with a room of its own: rooms are never shared between cases. One lives at a time.

    `came_from` is the stage to which the case returns when it comes off undiscussed; `discussed_at`, when its minutes
    were approved. `ended_because` is removed, not_held, cancelled or referrer_absent; nothing where the case itself
    ended it. While it is handled it has `begun_at` and not yet `handled_at`; `more_minutes` were given beyond its own.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        Index("uq_agenda_item_living", "meeting_id", "case_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index(
            "uq_agenda_item_now",
            "meeting_id",
            unique=True,
            postgresql_where=text("begun_at IS NOT NULL AND handled_at IS NULL AND ended_at IS NULL"),
        ),
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
    begun_at: Mapped[datetime | None]
    begun_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    handled_at: Mapped[datetime | None]
    handled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    more_minutes: Mapped[int] = mapped_column(default=0, server_default="0")


class Seat(ClientRecord, Base):
    """(agenda item, post): the occasion of a grant, ended when the basis of its agency ends. One lives at a time.

    `reaches_client` tells that its task is to reach the client: then its holder sees how, until the meeting is over.
    `observes` that its holder only listens: hearing a case takes the same ground as speaking about it.
    """

    __tablename__ = "seat"
    __table_args__ = (
        Index("uq_seat_living", "agenda_item_id", "post_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        {"info": client_data(Kind.MEETING)},
    )

    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    reaches_client: Mapped[bool]
    observes: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    ended_at: Mapped[datetime | None]


class SeatNecessity(ClientRecord, Base):
    """Why somebody had to be called at once, in the words of whoever confirmed it.

    `ground_id` is the ground on which their agency was given the case; empty where consent names it.
    """

    __tablename__ = "seat_necessity"
    __table_args__ = (UniqueConstraint("seat_id"), {"info": client_data(Kind.MEETING)})

    seat_id: Mapped[UUID] = mapped_column(ForeignKey("seat.id"))
    ground_id: Mapped[UUID | None] = mapped_column(ForeignKey("legal_ground.id"))
    necessity: Mapped[Sealed] = mapped_column(SealedColumn)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    decided_at: Mapped[datetime]


class ChairNote(ClientRecord, Base):
    """What whoever leads a case noted while it was handled, for the minutes; for its author and who writes these."""

    __tablename__ = "chair_note"
    __table_args__ = (UniqueConstraint("agenda_item_id", "author_id"), {"info": client_data(Kind.MINUTES)})

    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    text: Mapped[Sealed | None] = mapped_column(SealedColumn)
    saved_at: Mapped[datetime]


class SentInstead(ClientRecord, Base):
    """That somebody with a seat cannot come, and what their agency tells the table instead; the newest counts.

    It is told to whoever sits at that table, as it would be if they were there (F58).
    """

    __tablename__ = "sent_instead"
    __table_args__ = {"info": client_data(Kind.MINUTES)}

    seat_id: Mapped[UUID] = mapped_column(ForeignKey("seat.id"), index=True)
    text: Mapped[Sealed | None] = mapped_column(SealedColumn)
    sent_at: Mapped[datetime]


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


class Invitation(Base):
    """(meeting, post): one calendar UID for life, whose SEQUENCE rises with every update or cancellation.

    `instead_id` is who of the same agency could come, as somebody said who declined. `email` is where this invitation
    goes when the post's own address refused it, `reminded_at` when the person was reminded of the meeting as it is.
    From `needed_from` until `needed_until` they were last asked to come, where it is not the whole meeting.
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
    needed_from: Mapped[datetime | None]
    needed_until: Mapped[datetime | None]
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
