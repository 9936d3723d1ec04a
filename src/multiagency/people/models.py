"""Agencies, persons, posts, teams, and how somebody signs in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.database import Base, changing_function, identifier

changing_function("settle_notices", "take_waiting", "settle_out_of_sight")


class AgencyKind(StrEnum):
    """What an agency is in law; grounds of disclosure depend on it."""

    POLICE = "police"
    COUNTY = "county"
    MUNICIPALITY = "municipality"
    SHELTER = "shelter"
    VICTIM_SUPPORT = "victim_support"
    PROSECUTOR = "prosecutor"
    PROBATION = "probation"
    NGO = "ngo"
    PARISH = "parish"
    PRIVATE_PROVIDER = "private_provider"
    CROSS_BORDER_PARTNER = "cross_border_partner"


class Office(StrEnum):
    """The profession of a post, by which statutes tell who may disclose what: a nurse's is not a teacher's."""

    TEACHER = "teacher"
    EARLY_EDUCATION = "early_education"
    YOUTH_WORKER = "youth_worker"
    HOUSING = "housing"
    EMPLOYMENT = "employment"
    NURSE = "nurse"
    DOCTOR = "doctor"
    PSYCHOLOGIST = "psychologist"
    SOCIAL_WORKER = "social_worker"
    CHILD_WELFARE_WORKER = "child_welfare_worker"
    POLICE = "police"
    PROSECUTOR = "prosecutor"
    PROBATION = "probation"
    SHELTER = "shelter"
    VICTIM_SUPPORT = "victim_support"
    NGO = "ngo"
    PARISH = "parish"
    PRIVATE_PROVIDER = "private_provider"
    CROSS_BORDER = "cross_border"


class Agency(Base):
    """An authority or organisation: a controller of its own records. `municipality_code` is three digits as text."""

    __tablename__ = "agency"

    id: Mapped[UUID] = identifier()
    kind: Mapped[str]
    name_fi: Mapped[str]
    name_sv: Mapped[str]
    name_en: Mapped[str]
    municipality_code: Mapped[str | None]

    def name(self, language: str) -> str:
        """Return the name in Swedish or English where asked, otherwise in Finnish."""
        return {"sv": self.name_sv, "en": self.name_en}.get(language, self.name_fi)


class Person(Base):
    """A member of staff; clients and parties are never in this table.

    `identity_hash` is the keyed hash of their identity code: whoever is a party to a case is found by it.
    """

    __tablename__ = "person"

    id: Mapped[UUID] = identifier()
    name: Mapped[str]
    identity_hash: Mapped[bytes | None]


class Post(Base):
    """One person in one agency in one role for a period: what sight is granted to.

    `office` is one of `Office`, where one is known; `title` is what the person is called.
    """

    __tablename__ = "post"

    id: Mapped[UUID] = identifier()
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    role: Mapped[str]
    office: Mapped[str | None]
    title: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]


class Team(Base):
    """The standing group of agencies that meets under one pathway in one area.

    `contact` says how it is reached when no coordinator is there: a number or an address, as people read it.
    """

    __tablename__ = "team"

    id: Mapped[UUID] = identifier()
    pathway: Mapped[str]
    name: Mapped[str]
    convener_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    contact: Mapped[str | None]


class Deputy(Base):
    """Who stands in for a post that is away, and for how long; `reason` is a code.

    Shows nothing by itself: grants and memberships of the period carry its id, and end with it.
    """

    __tablename__ = "deputy"

    id: Mapped[UUID] = identifier()
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    deputy_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    named_by_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    reason: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class TeamMember(Base):
    """A post that belongs to a team for a period.

    Its coordinators are the members with that role in the agency that convenes it: their sight of its cases begins and
    ends with this row.
    """

    __tablename__ = "team_member"

    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), primary_key=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), primary_key=True, index=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    valid_to: Mapped[datetime | None]
    deputy_id: Mapped[UUID | None] = mapped_column(ForeignKey("deputy.id"))


class Credential(Base):
    """How a post signs in without an identity provider: `demo` accounts, and `service` accounts of jobs."""

    __tablename__ = "credential"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    password_hash: Mapped[bytes]


class LiveSession(Base):
    """A session; only the hash of its secret is stored. Row security looks the hash up at every query."""

    __tablename__ = "session"

    id: Mapped[UUID] = identifier()
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class Notice(Base):
    """Something waits for a post: `what` is a word of `people/notices.py`, `place` the page that shows it.

    `case_id` is the case that it is about and `shows` the kind of data to which it leads: it goes with the sight of
    these. As long as `read_at` and `mailed_at` are empty a mail is due, at once where it is `urgent`; `mail_id` is the
    last one that tells of it, if any does.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_unread", "post_id", postgresql_where=text("read_at IS NULL")),
        Index("ix_notice_to_mail", "post_id", postgresql_where=text("read_at IS NULL AND mailed_at IS NULL")),
    )

    id: Mapped[UUID] = identifier()
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    what: Mapped[str]
    place: Mapped[str] = mapped_column(index=True)
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    shows: Mapped[str | None]
    urgent: Mapped[bool]
    sender_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None] = mapped_column(index=True)
    mailed_at: Mapped[datetime | None]
    mail_id: Mapped[UUID | None] = mapped_column(index=True)


class MailChoice(Base):
    """How a person wants to be mailed about what waits: `daily`, once a day, or without it at once, hourly at most."""

    __tablename__ = "mail_choice"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    daily: Mapped[bool]
