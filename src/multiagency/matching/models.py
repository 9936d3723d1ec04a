"""Look-up hashes of the people in a case, and the other names and birth dates they go by."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
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
)

client_function("matching_cases", Kind.IDENTITY, Kind.PARTY)
client_function("found_cases", Kind.SHELL, Kind.IDENTITY, Kind.PARTY)
changing_function("count_search")


class LookupHash(ClientRecord, Base):
    """The keyed hash of one thing about one person in a case (`kernel/lookup.py`); the application never reads it.

    `role` is client or the role of a party, `subject_id` the id of their record. `former` says that the record has been
    corrected since: who was recorded by a wrong code or an earlier name is still found. No constraint is unique here: a
    refusal would tell that somebody is known.
    """

    __tablename__ = "lookup_hash"
    __table_args__ = {"info": client_data(Kind.IDENTITY)}

    subject_id: Mapped[UUID]
    role: Mapped[str]
    what: Mapped[str]
    hash: Mapped[bytes] = mapped_column(index=True)
    former: Mapped[bool]


class Alias(ClientRecord, Base):
    """Another name or birth date that the client uses or has used (fact F55)."""

    __tablename__ = "alias"
    __table_args__ = {"info": client_data(Kind.IDENTITY)}

    name: Mapped[Sealed | None] = mapped_column(SealedColumn)
    birth_date: Mapped[Sealed | None] = mapped_column(SealedColumn)
    recorded_at: Mapped[datetime]


class PartyAlias(ClientRecord, Base):
    """The same of somebody else in the case."""

    __tablename__ = "party_alias"
    __table_args__ = {"info": client_data(Kind.PARTY)}

    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"), index=True)
    name: Mapped[Sealed | None] = mapped_column(SealedColumn)
    birth_date: Mapped[Sealed | None] = mapped_column(SealedColumn)
    recorded_at: Mapped[datetime]


class SearchPace(Base):
    """How often one person has searched since `began_at`; an hour later it begins anew. Only the database counts."""

    __tablename__ = "search_pace"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    began_at: Mapped[datetime]
    number: Mapped[int]
