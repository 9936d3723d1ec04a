"""Requests for log data, the dated grounds, what was decided of each entry, the answer, and suspicions of misuse.

A request is no case, and may not hang on one: whoever asks need not be in any. It is the record of the agency that it
is addressed to, kept as correspondence about a client (703/2023 annex, 3 years from its closing), and sealed under a
data key of its own that goes with it (`sealing.py`).
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, SealedColumn, client_data, identifier

RETENTION = "correspondence_3y"
BASES = {"client_data": "log_request", "police": "log_request_police"}
"""On what everything about a request rests, by track: the client's right (703/2023 § 11; 1054/2018 § 23)."""


class LogRequestGround(Base):
    """A ground for keeping an entry back, or (`whole`) for refusing the request; in force during its period."""

    __tablename__ = "log_request_ground"

    id: Mapped[UUID] = identifier()
    track: Mapped[str]
    code: Mapped[str]
    whole: Mapped[bool]
    provision: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]


class LogRequest(Base):
    """Who asks, in which capacity and how identified, of which agency, about which period; until when to answer.

    `track` is client_data or police. `subject_*` is the person whose log it is when that is not the one who asks; the
    hashes are keyed (`kernel/lookup.py`), and null where there is no code. `outcome` is answered or refused, from
    `closed_at` on.
    """

    __tablename__ = "log_request"
    __table_args__ = {"info": client_data(Kind.IDENTITY)}

    id: Mapped[UUID] = identifier()
    reference: Mapped[str] = mapped_column(unique=True)
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    retention_class: Mapped[str]
    track: Mapped[str]
    capacity: Mapped[str]
    language: Mapped[str]
    identified_by: Mapped[str]
    arrived_on: Mapped[date]
    period_from: Mapped[date]
    period_to: Mapped[date]
    due_on: Mapped[date]
    fee_possible: Mapped[bool]
    requester_hash: Mapped[bytes | None]
    subject_hash: Mapped[bytes | None] = mapped_column(index=True)
    name: Mapped[Sealed] = mapped_column(SealedColumn)
    identity_code: Mapped[Sealed | None] = mapped_column(SealedColumn)
    contact: Mapped[Sealed] = mapped_column(SealedColumn)
    subject_name: Mapped[Sealed | None] = mapped_column(SealedColumn)
    subject_code: Mapped[Sealed | None] = mapped_column(SealedColumn)
    identification_note: Mapped[Sealed | None] = mapped_column(SealedColumn)
    older_reason: Mapped[Sealed | None] = mapped_column(SealedColumn)
    taken_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    taken_at: Mapped[datetime]
    outcome: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]


class LogRequestAttachment(Base):
    """A case that was attached by hand, with who in it (`subject_id`) the request is about: no code leads there.

    `matter_id` is the id of the case: no key to it, for the case may expire before the request. Taken off again, with a
    reason, it no longer counts.
    """

    __tablename__ = "log_request_attachment"
    __table_args__ = {"info": client_data(Kind.IDENTITY)}

    id: Mapped[UUID] = identifier()
    request_id: Mapped[UUID] = mapped_column(ForeignKey("log_request.id"), index=True)
    matter_id: Mapped[UUID] = mapped_column(index=True)
    subject_id: Mapped[UUID]
    reason: Mapped[Sealed] = mapped_column(SealedColumn)
    attached_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    attached_at: Mapped[datetime]
    detached_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    detached_at: Mapped[datetime | None]
    detached_reason: Mapped[Sealed | None] = mapped_column(SealedColumn)


class LogRequestDecision(Base):
    """What was decided of one entry, and why; the newest of each entry counts, and none is ever changed."""

    __tablename__ = "log_request_decision"
    __table_args__ = {"info": client_data(Kind.DISCLOSURE)}

    id: Mapped[UUID] = identifier()
    request_id: Mapped[UUID] = mapped_column(ForeignKey("log_request.id"), index=True)
    entry_id: Mapped[UUID]
    decision: Mapped[str]
    ground_id: Mapped[UUID | None] = mapped_column(ForeignKey("log_request_ground.id"))
    reason: Mapped[Sealed | None] = mapped_column(SealedColumn)
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    decided_at: Mapped[datetime]


class LogRequestAnswer(Base):
    """The answer as it went out: the bytes of the document, sealed; `digest` is their SHA-256 in hex."""

    __tablename__ = "log_request_answer"
    __table_args__ = {"info": client_data(Kind.DISCLOSURE)}

    id: Mapped[UUID] = identifier()
    request_id: Mapped[UUID] = mapped_column(ForeignKey("log_request.id"), unique=True)
    outcome: Mapped[str]
    ground_id: Mapped[UUID | None] = mapped_column(ForeignKey("log_request_ground.id"))
    reason: Mapped[Sealed | None] = mapped_column(SealedColumn)
    document: Mapped[Sealed] = mapped_column(SealedColumn)
    digest: Mapped[str]
    given: Mapped[int]
    withheld: Mapped[int]
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    decided_at: Mapped[datetime]


class LogRequestDelivery(Base):
    """How, when and by whom the answer was handed over or sent."""

    __tablename__ = "log_request_delivery"
    __table_args__ = {"info": client_data(Kind.DISCLOSURE)}

    id: Mapped[UUID] = identifier()
    request_id: Mapped[UUID] = mapped_column(ForeignKey("log_request.id"), unique=True)
    how: Mapped[str]
    delivered_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    recorded_at: Mapped[datetime]


class LogRequestClarification(Base):
    """The client suspects misuse and asks the controller to explain; open until it is answered, with reasons."""

    __tablename__ = "log_request_clarification"
    __table_args__ = {"info": client_data(Kind.DISCLOSURE)}

    id: Mapped[UUID] = identifier()
    request_id: Mapped[UUID] = mapped_column(ForeignKey("log_request.id"), index=True)
    question: Mapped[Sealed] = mapped_column(SealedColumn)
    asked_on: Mapped[date]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    recorded_at: Mapped[datetime]
    finding: Mapped[str | None]
    answer: Mapped[Sealed | None] = mapped_column(SealedColumn)
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    answered_at: Mapped[datetime | None]
