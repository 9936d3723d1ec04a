"""What is asked of the rooms above about a meeting: what its coordinator still has to settle in the cases there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.kernel.errors import FieldError
from multiagency.kernel.questions import Question
from multiagency.kernel.work import Work
from multiagency.meetings.models import AgendaItem, Meeting


@dataclass(frozen=True, slots=True)
class AgendaNote:
    """A line beside a case on the agenda: what waits, in the words of `key` with `values`.

    It leads to a page of the case: its plan, or its minutes.
    """

    case_id: UUID
    key: str
    values: dict[str, str]
    place: Literal["plan", "minutes", "voice"] = "plan"


@dataclass(frozen=True, slots=True)
class MayApprove(Question[FieldError]):
    """May the minutes of a case be approved at this place on an agenda? Anything that is missing is a veto."""

    desk: Desk
    item: AgendaItem


@dataclass(frozen=True, slots=True)
class Agreed:
    """Something that is agreed to be done in a case: what, who, by when."""

    title: str
    owner: str
    due_on: date


@dataclass(frozen=True, slots=True)
class AgreedSoFar(Question[Agreed]):
    """Asks what is agreed to be done in a case and still open, for whoever writes down what else was agreed."""

    desk: Desk


@dataclass(frozen=True, slots=True)
class AgendaNotes(Question[AgendaNote]):
    """Asks what stands beside these cases on the agenda, all of them at once."""

    work: Work
    case_ids: Collection[UUID]


@dataclass(frozen=True, slots=True)
class MayGoOn(Question[FieldError]):
    """May the case that is handled now be ended and the next one begun? What has to be confirmed first is a veto."""

    work: Work
    meeting: Meeting


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """Somebody with a seat and how they stand at the room: waits, unconfirmed or confirmed."""

    seat_id: UUID
    state: Literal["waits", "unconfirmed", "confirmed"]


@dataclass(frozen=True, slots=True)
class WhoIsAtTheDoor(Question[AtTheDoor]):
    """Asks who waits before the room of a case, who has confirmed its secrecy there, and who has not yet."""

    work: Work
    item_id: UUID
