"""What has happened to a case and matters to the rooms above."""

from dataclasses import dataclass
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.reading_identity import Recorded
from multiagency.pathways.definition import Move


@dataclass(frozen=True, slots=True)
class CaseMoved:
    """A case has changed its stage, along a way of its model: nobody objected."""

    desk: Desk
    way: Move


@dataclass(frozen=True, slots=True)
class OpenedFrom:
    """A draft was opened out of a question to the team, `consultation` being its reference as the page carried it."""

    desk: Desk
    consultation: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A submission was taken back before anybody had seen it: the case is its referrer's draft, as it was."""

    desk: Desk


@dataclass(frozen=True, slots=True)
class SightEnded:
    """Something that gave sight of a case has ended, or somebody is kept out, in this same transaction.

    The one way for sight to end, whatever ended it: whoever keeps something that rests on a grant asks which grants
    still live, and ends the rest.
    """

    desk: Desk


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


@dataclass(frozen=True, slots=True)
class SomebodyStruck:
    """Somebody who was recorded by mistake is in the case no longer; `subject_id` is the id of their record.

    `name` is what they were called there. Never stored as it stands here.
    """

    desk: Desk
    subject_id: UUID
    name: str
