"""Consent: append-only versions, each naming who asked, when, how, for what, which kinds of data and which agencies."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.access import Kind
from multiagency.kernel.database import Base, ClientRecord, client_data


class Consent(ClientRecord, Base):
    """One version; the newest counts. `state` is given, refused or withdrawn. Rows are never changed."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("case_id", "version"), {"info": client_data(Kind.CONSENT)})

    version: Mapped[int]
    state: Mapped[str]
    purpose: Mapped[str]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    asked_at: Mapped[datetime]
    how: Mapped[str]
    language: Mapped[str]
    kinds: Mapped[list[str]]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))


class ConsentRecipient(ClientRecord, Base):
    """One agency that a consent names; each is named separately."""

    __tablename__ = "consent_recipient"
    __table_args__ = (UniqueConstraint("consent_id", "agency_id"), {"info": client_data(Kind.CONSENT)})

    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
