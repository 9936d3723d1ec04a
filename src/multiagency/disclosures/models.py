"""The register of grounds, and what was disclosed, delivered, received and decided.

Nothing here is ever changed, but the day a ground ends, and the moments when somebody first reads what arrived and
says that it is recorded.
"""

from dataclasses import dataclass
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
    client_data,
    client_function,
    identifier,
)

client_function("child_welfare_undecided", Kind.PARTY, Kind.DISCLOSURE)
client_function("child_welfare_decided", Kind.DISCLOSURE)


@dataclass(frozen=True, slots=True)
class Giver:
    """Who discloses, as grounds tell them apart: the kind of agency, and the office if one is known."""

    kind: str
    office: str | None


class LegalGround(Base):
    """One wording of a ground, in force from `valid_from` until `valid_to`; an edit ends it and adds the next.

    `from_kinds` and `to_kinds` hold kinds of agency; `from_offices` whose statute it is, empty for every office of
    these. A partner across the border gives and is given by consent alone: no Finnish ground is theirs. `duty` tells a
    duty from a right. A ground that does not disclose is a right to record: it stands in the register and cannot be
    picked. One that ends as it begins was planned and taken back.
    """

    __tablename__ = "legal_ground"
    __table_args__ = (
        Index("uq_legal_ground_in_force", "code", unique=True, postgresql_where=text("valid_to IS NULL")),
    )

    id: Mapped[UUID] = identifier()
    code: Mapped[str]
    provision: Mapped[str]
    from_kinds: Mapped[list[str]]
    from_offices: Mapped[list[str]]
    to_kinds: Mapped[list[str]]
    duty: Mapped[bool]
    needs_consent: Mapped[bool]
    discloses: Mapped[bool]
    on_request: Mapped[bool]
    text_fi: Mapped[str]
    text_sv: Mapped[str]
    text_en: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    edited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))

    def words(self, language: str) -> str:
        """Return the text in Swedish or English where asked, otherwise in Finnish."""
        return {"sv": self.text_sv, "en": self.text_en}.get(language, self.text_fi)

    def gives(self, giver: Giver) -> bool:
        """Tell whether this post may disclose on this ground at all."""
        of_office = not self.from_offices or giver.office in self.from_offices
        return self.discloses and giver.kind in self.from_kinds and of_office

    def fits(self, giver: Giver, taker: str) -> bool:
        """Tell whether this post may disclose to an agency of this kind on this ground."""
        return self.gives(giver) and taker in self.to_kinds


class Disclosure(ClientRecord, Base):
    """What one agency gave to a recipient: exactly the chosen fields, on which ground, why (703/2023 section 10).

    `channel` is inbox when the recipient has somebody here to receive it, else by_hand. `fields` holds codes.
    `hidden_from` says from whom the recipient must hide it in OmaKanta: everybody, guardians or nobody; null when not
    asked.
    """

    __tablename__ = "disclosure"
    __table_args__ = {"info": client_data(Kind.DISCLOSURE)}

    ground_id: Mapped[UUID] = mapped_column(ForeignKey("legal_ground.id"), index=True)
    recipient_agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    recipient_kind: Mapped[str]
    recipient_name: Mapped[Sealed | None] = mapped_column(SealedColumn)
    channel: Mapped[str]
    fields: Mapped[list[str]]
    content: Mapped[Sealed] = mapped_column(SealedColumn)
    necessity: Mapped[Sealed] = mapped_column(SealedColumn)
    purpose: Mapped[str]
    requested_by: Mapped[Sealed | None] = mapped_column(SealedColumn)
    recorded_under: Mapped[Sealed | None] = mapped_column(SealedColumn)
    hidden_from: Mapped[str | None]
    hidden_until: Mapped[date | None]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    decided_at: Mapped[datetime]


class Delivery(ClientRecord, Base):
    """How and when a printed disclosure was handed over; once."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("disclosure_id"), {"info": client_data(Kind.DISCLOSURE)})

    disclosure_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure.id"))
    how: Mapped[str]
    delivered_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    recorded_at: Mapped[datetime]


class Receipt(ClientRecord, Base):
    """The same in the recipient's own part: what, from whom, when, who asked, ground, purpose (703/2023 section 39)."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("disclosure_id"), {"info": client_data(Kind.DISCLOSURE)})

    disclosure_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure.id"))
    case_reference: Mapped[str]
    from_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    from_post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    ground_id: Mapped[UUID] = mapped_column(ForeignKey("legal_ground.id"))
    purpose: Mapped[str]
    requested_by: Mapped[Sealed | None] = mapped_column(SealedColumn)
    content: Mapped[Sealed] = mapped_column(SealedColumn)
    received_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    recorded_under: Mapped[Sealed | None] = mapped_column(SealedColumn)
    hidden_from: Mapped[str | None]
    hidden_until: Mapped[date | None]
    recorded_at: Mapped[datetime | None]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))


class ChildWelfareDecision(ClientRecord, Base):
    """Whether a child-welfare notification is made (417/2007 section 25); the newest counts, all stay."""

    __tablename__ = "child_welfare_decision"
    __table_args__ = {"info": client_data(Kind.DISCLOSURE)}

    decision: Mapped[str]
    reason: Mapped[Sealed | None] = mapped_column(SealedColumn)
    disclosure_id: Mapped[UUID | None] = mapped_column(ForeignKey("disclosure.id"), index=True)
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    decided_at: Mapped[datetime]


class GroundSharing(ClientRecord, Base):
    """The recorded decision to bring a case to the table without consent, for one agency (fact F56)."""

    __tablename__ = "ground_sharing"
    __table_args__ = {"info": client_data(Kind.DISCLOSURE)}

    ground_id: Mapped[UUID] = mapped_column(ForeignKey("legal_ground.id"), index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    kinds: Mapped[list[str]]
    necessity: Mapped[Sealed] = mapped_column(SealedColumn)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    decided_at: Mapped[datetime]
