"""Alarms of the log's self-check: codes and numbers, nothing about anybody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.audit.models import LogMoment
from multiagency.kernel.database import Base, identifier


class AuditAlarm(Base):
    """One alarm: `code` says what was found, `first_bad` at which entry it begins, `bad` how many there are.

    At most one of each code is open; an auditor settles it once, by a code of its own.
    """

    __tablename__ = "audit_alarm"
    __table_args__ = (Index("uq_audit_alarm_open", "code", unique=True, postgresql_where=text("settled_at IS NULL")),)

    id: Mapped[UUID] = identifier()
    at: Mapped[datetime | None] = mapped_column(LogMoment, nullable=False)
    code: Mapped[str]
    first_bad: Mapped[int | None] = mapped_column(BigInteger)
    bad: Mapped[int | None] = mapped_column(BigInteger)
    settled_at: Mapped[datetime | None] = mapped_column(LogMoment)
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    settlement: Mapped[str | None]
