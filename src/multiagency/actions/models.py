"""Actions: who does what by when. The owner's agency is the controller of its own action (703/2023 section 48)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.consent.models import Instruction
from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, ClientRecord, SealedColumn, client_data


class PlannedAction(ClientRecord, Base):
    """One task with a named person and a date; `state` is open, done, not_done, not_needed or struck.

    `reaches_client` tells that the task is to reach the client: then its owner sees how, while it is open. One that
    `tells_client` came with the minutes: what was agreed is told to the client, on `told_on` and `told_how`; so did one
    that `follows_up_after` so many months how they are.
    """

    __tablename__ = "planned_action"
    __table_args__ = (
        Index("ix_planned_action_open", "due_on", postgresql_where=text("state = 'open'")),
        {"info": client_data(Kind.ACTION)},
    )

    reference: Mapped[str] = mapped_column(unique=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    assigned_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    title: Mapped[Sealed] = mapped_column(SealedColumn)
    due_on: Mapped[date]
    state: Mapped[str]
    outcome: Mapped[Sealed | None] = mapped_column(SealedColumn)
    reaches_client: Mapped[bool]
    assigned_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    tells_client: Mapped[bool] = mapped_column(default=False)
    follows_up_after: Mapped[int | None]
    told_on: Mapped[date | None]
    told_how: Mapped[str | None]


class FollowUp(ClientRecord, Base):
    """How the client is some months after the minutes (facts F29, F30): yes, no or not_known, and 1 to 5 or not asked.

    Beside the action that asked, in its owner's agency's record like it; what was said in words is that one's outcome.
    """

    __tablename__ = "follow_up"
    __table_args__ = (UniqueConstraint("action_id"), {"info": client_data(Kind.ACTION)})

    action_id: Mapped[UUID] = mapped_column(ForeignKey("planned_action.id"))
    new_violence: Mapped[str]
    new_report: Mapped[str]
    safe_at_home: Mapped[int | None]
    safe_outside: Mapped[int | None]
    knows_help: Mapped[int | None]
    answered_at: Mapped[datetime]


class ActionReview(ClientRecord, Base):
    """Whether an action of an earlier plan helped: yes, partly, no or not_done; answered as the case is discussed anew.

    Beside the action, in its owner's agency's record like it; answered once at a place on an agenda.
    """

    __tablename__ = "action_review"
    __table_args__ = (UniqueConstraint("action_id", "agenda_item_id"), {"info": client_data(Kind.ACTION)})

    action_id: Mapped[UUID] = mapped_column(ForeignKey("planned_action.id"))
    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    helped: Mapped[str]
    words: Mapped[Sealed | None] = mapped_column(SealedColumn)
    reviewed_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    reviewed_at: Mapped[datetime]


class Attendance(ClientRecord, Base):
    """One dated fact about a period of appointments: `what` is attended or missed, or how the period ended.

    That is completed, interrupted or not_begun; the newest counts. From `struck_at` on it counts no more: it was a
    mistake.
    """

    __tablename__ = "attendance"
    __table_args__ = ({"info": client_data(Kind.ATTENDANCE)},)

    what: Mapped[str]
    on_day: Mapped[date]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    recorded_at: Mapped[datetime]
    struck_at: Mapped[datetime | None]
    struck_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))


class ActionChange(ClientRecord, Base):
    """What a coordinator corrected about an action, who, when and why; `what` is struck, due or untold."""

    __tablename__ = "action_change"
    __table_args__ = {"info": client_data(Kind.ACTION)}

    action_id: Mapped[UUID] = mapped_column(ForeignKey("planned_action.id"), index=True)
    what: Mapped[str]
    due_before: Mapped[date | None]
    reason: Mapped[Sealed] = mapped_column(SealedColumn)
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    made_at: Mapped[datetime]


class RecordingInstruction(Instruction, Base):
    """How the owner records an action; each is a row of its own, and the newest of an action counts.

    `confirmed_for_id` is the owner for whom it was confirmed: a new owner confirms anew.
    """

    __tablename__ = "recording_instruction"
    __table_args__ = {"info": client_data(Kind.ACTION)}

    action_id: Mapped[UUID] = mapped_column(ForeignKey("planned_action.id"), index=True)
    confirmed_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    confirmed_at: Mapped[datetime | None]
