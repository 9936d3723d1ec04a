"""Meetings of a team about its own work: agenda, memo, who is responsible. No table here has a case, or any client."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.database import Base, identifier


class TeamMeeting(Base):
    """What a meeting with `team_only` is about, where it is held, and who writes its memo."""

    __tablename__ = "team_meeting"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    title: Mapped[str]
    place: Mapped[str | None]
    memo_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))


class TeamAttendee(Base):
    """A member who is to be there: invited when the meeting is opened. One lives at a time."""

    __tablename__ = "team_attendee"
    __table_args__ = (
        Index(
            "uq_team_attendee_living", "meeting_id", "post_id", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
    )

    id: Mapped[UUID] = identifier()
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    ended_at: Mapped[datetime | None]


class TeamPoint(Base):
    """A point of the agenda, in words, and which member is responsible for it."""

    __tablename__ = "team_point"

    id: Mapped[UUID] = identifier()
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    text: Mapped[str]
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    ended_at: Mapped[datetime | None]


class TeamMemo(Base):
    """What the team agreed: drafts, of which one is approved and never changes."""

    __tablename__ = "team_memo"
    __table_args__ = (
        UniqueConstraint("meeting_id", "version"),
        Index("uq_team_memo_approved", "meeting_id", unique=True, postgresql_where=text("approved_at IS NOT NULL")),
    )

    id: Mapped[UUID] = identifier()
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    version: Mapped[int]
    text: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    recorded_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
