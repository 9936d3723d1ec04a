"""Consent and who may give it: append-only rows, so that what was said, judged and forbidden stays provable."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, ClientRecord, SealedColumn, changing_function, client_data

changing_function("end_expired_consent", "narrow_to_consent")


class Consent(ClientRecord, Base):
    """One version: what one giver said about one purpose. Each giver's newest counts; rows are never changed.

    `state` is given, refused or withdrawn; `capacity` is self, guardian or legal_representative, and `giver_id` is
    null for the client. `text_digest` is the SHA-256 (hex) of the text that was shown. A withdrawn version with pairs
    takes only those out.
    """

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("case_id", "version"), {"info": client_data(Kind.CONSENT)})
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))  # found by the unique constraint

    version: Mapped[int]
    state: Mapped[str]
    capacity: Mapped[str]
    giver_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    purpose: Mapped[str]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    asked_at: Mapped[datetime]
    how: Mapped[str]
    language: Mapped[str]
    text_version: Mapped[str | None]
    text_digest: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))


class ConsentPair(ClientRecord, Base):
    """One agency and one kind of data that it may be given, or that a withdrawal takes out.

    Without a kind: it was asked about this agency, and the answer was that it is told nothing. An agency that no row
    names was not asked about.
    """

    __tablename__ = "consent_pair"
    __table_args__ = (
        UniqueConstraint("consent_id", "agency_id", "kind", postgresql_nulls_not_distinct=True),
        {"info": client_data(Kind.CONSENT)},
    )

    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[str | None]


class DecisionCapacity(ClientRecord, Base):
    """Who decides for the client, judged for this matter (703/2023 section 34); the newest counts.

    `decides` is self, guardians or legal_representative; `heard` is how a child was heard and what they said. `until`
    is when a child comes of age for whom somebody else decides: nothing that rests on their word outlives it.
    """

    __tablename__ = "decision_capacity"
    __table_args__ = {"info": client_data(Kind.CONSENT)}

    decides: Mapped[str]
    representative_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    minor: Mapped[bool]
    capable: Mapped[bool]
    reason: Mapped[Sealed | None] = mapped_column(SealedColumn)
    heard_at: Mapped[datetime | None]
    heard: Mapped[Sealed | None] = mapped_column(SealedColumn)
    until: Mapped[datetime | None]
    assessed_at: Mapped[datetime]
    assessed_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))


class Guardian(ClientRecord, Base):
    """What a party may do as the child's guardian; the newest row of each party counts."""

    __tablename__ = "guardian"
    __table_args__ = {"info": client_data(Kind.CONSENT)}

    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"), index=True)
    may_decide: Mapped[bool]
    suspected: Mapped[bool]
    restriction_reason: Mapped[Sealed | None] = mapped_column(SealedColumn)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))


class Prohibition(ClientRecord, Base):
    """The child forbids telling a guardian, or allows it again (703/2023 sections 40, 51); the newest row counts."""

    __tablename__ = "prohibition"
    __table_args__ = {"info": client_data(Kind.CONSENT)}

    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"), index=True)
    forbidden: Mapped[bool]
    reason: Mapped[Sealed] = mapped_column(SealedColumn)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))


class MeetingAgreement(ClientRecord, Base):
    """Whether somebody agreed to a meeting about the client: on which day they said so, and how; the newest counts.

    `giver_id` is a guardian, null for the client. `how` is meeting, call, message or letter.
    """

    __tablename__ = "meeting_agreement"
    __table_args__ = {"info": client_data(Kind.CONSENT)}

    giver_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    agreed: Mapped[bool]
    said_on: Mapped[date]
    how: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))


class ConsentScan(ClientRecord, Base):
    """A signed paper, scanned and sealed; `size` in bytes and `digest` (SHA-256, hex) are of the file itself."""

    __tablename__ = "consent_scan"
    __table_args__ = {"info": client_data(Kind.CONSENT)}

    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"), index=True)
    content: Mapped[Sealed] = mapped_column(SealedColumn)
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str]
    added_at: Mapped[datetime]
    added_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))


class Instruction(ClientRecord):
    """Mixin of a row that says how something is recorded that is taken home from a meeting (decision 0030).

    `record_of_id` is the child of the case in whose record it is written, null for the client. `hidden_from` says from
    whom OmaKanta must not show it: nobody, everybody or guardian; null where nobody had to be asked.
    """

    record_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    recorded_under: Mapped[Sealed | None] = mapped_column(SealedColumn)
    hidden_from: Mapped[str | None]
    hidden_guardian_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    hidden_until: Mapped[date | None]
    given_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    given_at: Mapped[datetime]
