"""Meetings, their agenda, the seats at the table, research, invitations, who is in a room, and minutes."""

from datetime import date, datetime
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


class ResearchRequest(ClientRecord, Base):
    """What one agency at the table of a case is asked before a meeting: whether it knows its people. One lives.

    `due_on` is the last day for it, `returned_at` when the agency answered last; until then it has not answered. What
    it answered stands apart: whoever counts returns does not see whom an agency knows.
    """

    __tablename__ = "research_request"
    __table_args__ = (
        Index(
            "uq_research_request_living",
            "agenda_item_id",
            "agency_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_research_request_open",
            "due_on",
            postgresql_where=text("ended_at IS NULL AND returned_at IS NULL"),
        ),
        {"info": client_data(Kind.MEETING)},
    )

    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    returned_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class ResearchAnswer(ClientRecord, Base):
    """What an agency answered, as its own record: known or nothing_known; the newest counts, the earlier ones stay.

    That an agency knows somebody is told: the kind is what an agency tells of its own.
    """

    __tablename__ = "research_answer"
    __table_args__ = {"info": client_data(Kind.NARRATIVE)}

    request_id: Mapped[UUID] = mapped_column(ForeignKey("research_request.id"), index=True)
    answer: Mapped[Sealed] = mapped_column(SealedColumn)
    answered_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    answered_at: Mapped[datetime]


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
