"""The case and the people in it; lawful bases, access grants and bars. Names, numbers and texts are sealed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.access import Kind
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.database import (
    Base,
    ClientRecord,
    SealedColumn,
    Versioned,
    changing_function,
    client_data,
    client_function,
    identifier,
)

changing_function("strike_party", "take_up_coordination", "lift_bars_found_by", "take_over_case")
changing_function("end_support_without_basis")
client_function("filled_in", Kind.SHELL)
client_function("agency_has_consent", Kind.SHELL)

_DATES_OF_KIND = """CASE stage_kind
    WHEN 'draft' THEN submitted_at IS NULL AND closed_at IS NULL AND withdrawn_at IS NULL
    WHEN 'open' THEN submitted_at IS NOT NULL AND closed_at IS NULL AND withdrawn_at IS NULL
    WHEN 'table' THEN submitted_at IS NOT NULL AND closed_at IS NULL AND withdrawn_at IS NULL
    WHEN 'follow_up' THEN submitted_at IS NOT NULL AND closed_at IS NULL AND withdrawn_at IS NULL
    WHEN 'ended' THEN closed_at IS NOT NULL AND withdrawn_at IS NULL
    WHEN 'withdrawn' THEN withdrawn_at IS NOT NULL AND closed_at IS NULL
    ELSE false END"""


class Case(Base):
    """The shell of one matter about one client: nothing in it tells who or what it is about.

    `round_began_at` tells since when it goes on anew after it had ended: what was consented to before counts no more.
    `retention_class` is the client's: what is written from now on carries it, unless it is about a child among others.
    It keeps the `pathway_version` of its opening day; `stage` is that version's word, `stage_kind` what it is to the
    service, which the dates of the case agree with. `agenda_by` is the last day on which a submitted case is to be on
    an agenda, by the parameter of that day. From `taken_over_at` on the agency that opened it is given no more of it
    than `opener_keeps`, on whatever reason.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        Index("ix_case_file_newest", "opened_by_id", "opened_at"),
        Index("ix_case_file_waiting", "team_id", postgresql_where=text("stage_kind = 'open'")),
        Index(
            "ix_case_file_versions",
            "pathway",
            "pathway_version",
            postgresql_where=text("stage_kind NOT IN ('ended', 'withdrawn')"),
        ),
        Index("ix_case_file_clocks", "id", postgresql_where=text("stage_kind IN ('draft', 'open')")),
        CheckConstraint(_DATES_OF_KIND, name="ck_case_file_stage_kind"),
        {"info": client_data(Kind.SHELL)},
    )

    id: Mapped[UUID] = identifier()
    reference: Mapped[str] = mapped_column(unique=True)
    pathway: Mapped[str]
    pathway_version: Mapped[str]
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), index=True)
    stage: Mapped[str]
    stage_kind: Mapped[str]
    opened_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    opened_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    agenda_by: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    round_began_at: Mapped[datetime | None]
    taken_over_at: Mapped[datetime | None]
    opener_keeps: Mapped[list[str] | None]
    retention_class: Mapped[str]


class Round(ClientRecord, Base):
    """A new round of a case that had ended, at the client's own wish: on which day and how they said so."""

    __tablename__ = "case_round"
    __table_args__ = {"info": client_data(Kind.SHELL)}

    wished_on: Mapped[date]
    how: Mapped[str]
    began_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    began_at: Mapped[datetime]


class Origin(ClientRecord, Base):
    """Why a case was opened and where the concern came from, as codes of its model."""

    __tablename__ = "case_origin"
    __table_args__ = (UniqueConstraint("case_id"), {"info": client_data(Kind.NARRATIVE)})
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))  # found by the unique constraint

    reasons: Mapped[list[str]]
    source: Mapped[str | None]


class StageMove(ClientRecord, Base):
    """One move of a case: from which stage (none: it was opened) to which, by whom, and why where that was asked.

    `pathway_version` is the version that the case keeps from then on: a move to another one stays in its stage.
    """

    __tablename__ = "stage_history"
    __table_args__ = ({"info": client_data(Kind.SHELL)},)

    came_from: Mapped[str | None]
    stage: Mapped[str]
    stage_kind: Mapped[str]
    pathway_version: Mapped[str]
    moved_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    moved_at: Mapped[datetime]
    reason: Mapped[Sealed | None] = mapped_column(SealedColumn)


class Finding(ClientRecord, Base):
    """What an authority has found that a move of the case asks for: `what` is first_offence or decision; newest counts.

    `answer` is yes or no, or whose decision it was (police, prosecutor): when it was made, never what it says.
    """

    __tablename__ = "finding"
    __table_args__ = ({"info": client_data(Kind.SHELL)},)

    what: Mapped[str]
    answer: Mapped[str]
    found_on: Mapped[date]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    recorded_at: Mapped[datetime]


class Client(Versioned, Base):
    """Whom the case is about."""

    __tablename__ = "client"
    __table_args__ = (UniqueConstraint("case_id"), {"info": client_data(Kind.IDENTITY)})
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))  # found by the unique constraint

    name: Mapped[Sealed] = mapped_column(SealedColumn)
    identity_code: Mapped[Sealed | None] = mapped_column(SealedColumn)
    birth_date: Mapped[Sealed | None] = mapped_column(SealedColumn)


class SafeContact(Versioned, Base):
    """How the client may be reached without danger: number, when, message or not, whom not to talk to.

    `safe_days`, `safe_from` and `safe_until` say when as the service can reckon with it; `when_to_call` in words.
    """

    __tablename__ = "safe_contact"
    __table_args__ = (UniqueConstraint("case_id"), {"info": client_data(Kind.CONTACT)})
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))  # found by the unique constraint

    phone: Mapped[Sealed | None] = mapped_column(SealedColumn)
    safe_days: Mapped[Sealed | None] = mapped_column(SealedColumn)
    safe_from: Mapped[Sealed | None] = mapped_column(SealedColumn)
    safe_until: Mapped[Sealed | None] = mapped_column(SealedColumn)
    when_to_call: Mapped[Sealed | None] = mapped_column(SealedColumn)
    do_not_talk_to: Mapped[Sealed | None] = mapped_column(SealedColumn)
    address: Mapped[Sealed | None] = mapped_column(SealedColumn)
    municipality: Mapped[Sealed | None] = mapped_column(SealedColumn)
    interpreter: Mapped[Sealed | None] = mapped_column(SealedColumn)
    must_not_interpret: Mapped[Sealed | None] = mapped_column(SealedColumn)
    may_leave_message: Mapped[bool]
    language: Mapped[str]


class Party(Versioned, Base):
    """Anyone else in the case; `role` is person_using_violence, child, guardian or other. Never the client's record.

    `role_since` tells since when it is that role: a child is one for the decision on child welfare from then on.
    `employer_id` names an agency of the service that the person works for: that agency is kept out of the case.
    From `struck_at` on the record is nobody's: it was a mistake, and only expiry and the log still know of it.
    """

    __tablename__ = "party"
    __table_args__ = {"info": client_data(Kind.PARTY)}

    role: Mapped[str]
    role_since: Mapped[datetime]
    name: Mapped[Sealed] = mapped_column(SealedColumn)
    identity_code: Mapped[Sealed | None] = mapped_column(SealedColumn)
    birth_date: Mapped[Sealed | None] = mapped_column(SealedColumn)
    relation: Mapped[Sealed | None] = mapped_column(SealedColumn)
    employer_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    struck_at: Mapped[datetime | None]
    struck_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    struck_reason: Mapped[Sealed | None] = mapped_column(SealedColumn)


class CasePart(ClientRecord, Base):
    """What one agency has chosen to tell: each writes its own part, as the controller of it."""

    __tablename__ = "case_part"
    __table_args__ = (UniqueConstraint("case_id", "controller_id"), {"info": client_data(Kind.NARRATIVE)})
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))  # found by the unique constraint

    author_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    narrative: Mapped[Sealed | None] = mapped_column(SealedColumn)
    written_at: Mapped[datetime]


class EarlierPart(ClientRecord, Base):
    """What an agency told before it changed its part, sealed anew: for that agency only."""

    __tablename__ = "earlier_part"
    __table_args__ = (UniqueConstraint("part_id", "version"), {"info": client_data(Kind.NARRATIVE)})

    part_id: Mapped[UUID] = mapped_column(ForeignKey("case_part.id"))
    version: Mapped[int]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    narrative: Mapped[Sealed] = mapped_column(SealedColumn)
    written_at: Mapped[datetime]


class Voice(Versioned, Base):
    """What the client wishes and wants the meeting to answer, or a child's own view; each agency records what it heard.

    `party_id` names the child whose view it is; without one it is the client's, who alone has a `question`.
    """

    __tablename__ = "voice"
    __table_args__ = (
        UniqueConstraint("case_id", "controller_id", "party_id", postgresql_nulls_not_distinct=True),
        {"info": client_data(Kind.NARRATIVE)},
    )
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))  # found by the unique constraint

    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    said: Mapped[Sealed | None] = mapped_column(SealedColumn)
    question: Mapped[Sealed | None] = mapped_column(SealedColumn)


class LawfulBasis(Base):
    """What an agency may be given of a case and why; shows nobody anything by itself.

    `reason` is own_record, coordination, consent, ground or break_glass; `consent_id` names the consent it flows from,
    `ground_id` the ground it was shared on, `disclosure_id` the disclosure that arrived in the agency's own part.
    `warned_at` is the worker's: when those who look after the case were last told that the basis runs out.
    """

    __tablename__ = "lawful_basis"
    __table_args__ = (
        Index(
            "ix_lawful_basis_running_out",
            "valid_to",
            postgresql_where=text("ended_at IS NULL AND valid_to IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = identifier()
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    reason: Mapped[str]
    consent_id: Mapped[UUID | None] = mapped_column(ForeignKey("consent.id"), index=True)
    ground_id: Mapped[UUID | None] = mapped_column(ForeignKey("legal_ground.id"), index=True)
    disclosure_id: Mapped[UUID | None] = mapped_column(ForeignKey("disclosure.id"), index=True)
    kinds: Mapped[list[str]]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]


class AccessGrant(Base):
    """Sight of one case for one post on one occasion; alive only while its lawful basis is.

    `occasion_id` names the occasion: a seat, an action, a disclosure; for `coordinate` the team, and the grant lives
    only while its post coordinates that team. `deputy_id` tells that it is held in the place of somebody else.
    """

    __tablename__ = "access_grant"

    id: Mapped[UUID] = identifier()
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    basis_id: Mapped[UUID] = mapped_column(ForeignKey("lawful_basis.id"), index=True)
    occasion: Mapped[str]
    occasion_id: Mapped[UUID | None] = mapped_column(index=True)
    capability: Mapped[str]
    kinds: Mapped[list[str]]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    deputy_id: Mapped[UUID | None] = mapped_column(ForeignKey("deputy.id"), index=True)


class AccessBar(Base):
    """Keeps a person, or all of an agency but those exempt, out of a case whatever else holds.

    `reason` is a code; `found` tells that the service found it, without anybody declaring it. Only a person's bar is
    ever lifted, by somebody with a name and a reason; an agency's only when the record that it was found by is struck.
    """

    __tablename__ = "access_bar"

    id: Mapped[UUID] = identifier()
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"), index=True)
    reason: Mapped[str]
    found: Mapped[bool]
    set_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    lifted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    lifted_reason: Mapped[str | None]


class BarExemption(Base):
    """Lets one person of a barred agency stay; `reason` is steers, or the code that a steering person gave."""

    __tablename__ = "bar_exemption"

    id: Mapped[UUID] = identifier()
    bar_id: Mapped[UUID] = mapped_column(ForeignKey("access_bar.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str]
    given_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    given_at: Mapped[datetime]
