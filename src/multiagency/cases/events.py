"""What has happened to a case and matters to the rooms above."""

from dataclasses import dataclass
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.reading_identity import Recorded


@dataclass(frozen=True, slots=True)
class CaseMoved:
    """A case has changed its stage: nobody objected."""

    desk: Desk
    to: str


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """Consent to a case was withdrawn: its bases have ended in this same transaction."""

    desk: Desk


@dataclass(frozen=True, slots=True)
class ConsentEnded:
    """What rested on consent has ended in this same transaction, and the case goes on: seats that rested on it end."""

    desk: Desk


@dataclass(frozen=True, slots=True)
class RecipientWithdrawn:
    """Consent was withdrawn for one agency: its basis has ended in this same transaction, the others' stand."""

    desk: Desk
    agency_id: UUID


@dataclass(frozen=True, slots=True)
class PersonBarred:
    """A person was barred from a case, in this same transaction: what they hold there must end."""

    desk: Desk
    person_id: UUID


@dataclass(frozen=True, slots=True)
class SomebodyRecorded:
    """The client or somebody else in the case was recorded or corrected: who they are, for look-ups and conflicts.

    `role` is client or the role of a party; `subject_id` is the id of the record; `employer_id` an agency of the
    service that they work for. `birth_date` is as recorded beside a code or without one, in ISO 8601; `before` is what
    the record said until now. Never stored as it stands here.
    """

    desk: Desk
    subject_id: UUID
    role: str
    name: str
    identity_code: str
    employer_id: UUID | None = None
    birth_date: str = ""
    before: Recorded | None = None
