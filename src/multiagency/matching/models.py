"""Look-up hashes of the people in a case, and the other names and birth dates the client goes by."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import Base, ClientRecord, SealedColumn, client_data, client_function

client_function("matching_cases", Kind.IDENTITY, Kind.PARTY)


class LookupHash(ClientRecord, Base):
    """The keyed hash of one thing about one person in a case (`kernel/lookup.py`); the application never reads it.

    `role` is client or the role of a party, `subject_id` the id of their record. No constraint is unique here: a
    refusal would tell that somebody is known.
    """

    __tablename__ = "lookup_hash"
    __table_args__ = {"info": client_data(Kind.IDENTITY)}

    subject_id: Mapped[UUID]
    role: Mapped[str]
    what: Mapped[str]
    hash: Mapped[bytes] = mapped_column(index=True)


class Alias(ClientRecord, Base):
    """Another name or birth date that the client uses or has used (fact F55)."""

    __tablename__ = "alias"
    __table_args__ = {"info": client_data(Kind.IDENTITY)}

    name: Mapped[Sealed | None] = mapped_column(SealedColumn)
    birth_date: Mapped[Sealed | None] = mapped_column(SealedColumn)
    recorded_at: Mapped[datetime]
