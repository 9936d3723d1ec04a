"""What may be filled in about meetings."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from multiagency.kernel.access import Kind
from multiagency.kernel.inputs import (
    Form,
    MailAddress,
    Moment,
    Narrative,
    OptionalNarrative,
    OptionalShortText,
    ShortText,
)


class MeetingTimes(Form):
    """From when until when a meeting is held."""

    starts_at: Moment
    ends_at: Moment


class MeetingForm(MeetingTimes):
    """A remote meeting of a team; `recorded` says that it has been held already."""

    team: UUID
    recorded: bool = False


Reason = Literal["people_away", "convener_away", "fault", "other"]
"""Why a meeting is moved, cancelled or was not held: a code, so that nothing about a client comes into it."""


class MovingForm(MeetingTimes):
    """The new time of a meeting."""

    reason: Reason | None = None


class EndingForm(Form):
    """That a meeting is cancelled, or was not held."""

    reason: Reason | None = None


class ChairForm(Form):
    """Who leads the meeting."""

    post: UUID


class PressForm(Form):
    """What whoever leads a meeting presses, and which turn of it they saw."""

    press: Literal["begin", "next", "more", "pause", "back"]
    turn: Annotated[int, Field(ge=0, le=1_000_000)]


class ChairNoteForm(Form):
    """What whoever leads a case noted while it was handled."""

    text: OptionalNarrative = ""


class InsteadSentForm(Form):
    """That one cannot come, and what one's agency tells the table instead."""

    text: OptionalNarrative = ""


class ObserverForm(Form):
    """Whether whoever has this seat only listens."""

    post: UUID
    observes: bool = False


class AgendaForm(Form):
    """A case for the agenda, by its reference."""

    case: ShortText


class OnAgendaForm(AgendaForm):
    """The same at a page, and where one goes on: on the first page, or to choose who takes part."""

    then: Literal["home"] | None = None


class PlaceForm(AgendaForm):
    """A case on an agenda, and which way it goes there by one place."""

    direction: Literal["up", "down"]


class RemovalForm(AgendaForm):
    """A case on an agenda, and why it comes off."""

    because: Literal["removed", "not_held", "referrer_absent"]


class RemovalChoice(Form):
    """The same on the page of the case in the meeting, and where one goes on."""

    then: Literal["home"] | None = None
    because: Literal["removed", "not_held", "referrer_absent"]


class SeatForm(Form):
    """Who takes part in one case."""

    case: ShortText
    post: UUID


class SeatingForm(SeatForm):
    """The same, when the seat is given; `reaches_client` when its task is to reach the client."""

    reaches_client: bool = False


class SeatedPost(Form):
    """Whose seat."""

    post: UUID


class BesideAnswer(Form):
    """Beside whom the client takes part, and who interprets, where somebody does.

    `checked` says that the client's own worker was asked who must not interpret, and that it is not this one.
    """

    beside: UUID
    interpreter: UUID | None = None
    checked: bool = False


class BesideForm(BesideAnswer):
    """That, and in which case."""

    case: ShortText


class NotBesideForm(Form):
    """In which case the client does not take part after all."""

    case: ShortText


class ChosenPosts(Form):
    """Posts that were ticked; `reaching` names those among them whose task is to reach the client."""

    post: Annotated[list[UUID], Field(max_length=100)]
    reaching: Annotated[list[UUID], Field(max_length=100, default_factory=list)]


class SeatsForm(ChosenPosts):
    """Who takes part in one case, several at once."""

    case: ShortText


class FillingForm(Form):
    """Who takes part in several cases; `others`: whoever may not sit somewhere is left out there."""

    case: Annotated[list[ShortText], Field(max_length=100)]
    post: Annotated[list[UUID], Field(max_length=100)]
    others: bool = False


class OfficeAnswer(Form):
    """How a missing office was made up for at the table of a case: who gave what it would have, and how."""

    office: ShortText
    how: Narrative


class OfficeForm(OfficeAnswer):
    """The same, with the case."""

    case: ShortText


class ShiftForm(MeetingTimes):
    """Who of a team is on duty, and from when until when."""

    post: UUID


class TeamShiftForm(ShiftForm):
    """The same, with the team."""

    team: UUID


class ShiftsEnd(Form):
    """Which shift is taken back."""

    shift: UUID


class ShiftsEndForm(ShiftsEnd):
    """The same, with the team."""

    team: UUID


Words = Annotated[str, StringConstraints(max_length=40)]


class CalledForm(Form):
    """Somebody who is called at once: why in words, and the ground, where consent does not name their agency."""

    post: UUID
    necessity: OptionalNarrative = ""
    ground: Words = ""


class UrgentForm(Form):
    """Who is called at once, and which kinds of data whoever comes on a ground is shown."""

    seats: Annotated[list[CalledForm], Field(max_length=50)]
    kinds: Annotated[list[Kind], Field(max_length=len(Kind), default_factory=list)]


class AskedAgency(Form):
    """An agency that was asked what it knows."""

    agency: UUID


class WithdrawalOfResearch(AskedAgency):
    """The same, with the case."""

    case: ShortText


class ReturnForm(Form):
    """What one's own agency answers: whether it knows something about the people of a case."""

    knows: Literal["known", "nothing_known"]


class InvitationAnswerForm(Form):
    """Yes or no to an invitation."""

    answer: Literal["accepted", "declined"]


class RemarkForm(Form):
    """Whether the answer that came by mail was one's own; `remark` and `stamped` say which was shown."""

    mine: Literal["yes", "no"]
    remark: UUID
    stamped: int


class InsteadForm(Form):
    """Who of one's own agency comes instead."""

    post: UUID


class ResendingForm(Form):
    """Where an invitation goes that was refused."""

    email: MailAddress


class JoinForm(Form):
    """Which case's room to enter."""

    case: ShortText


PROMISES = ("secrecy", "own_room", "nobody_hears", "headphones", "no_recording")
"""What whoever comes in promises for the meeting, once (fact F70; marak.md requirement 44)."""


BESIDE_CLIENT = ("secrecy", "no_recording", "with_client")
"""What whoever has the client beside them promises instead."""
INTERPRETING = ("interpreting",)
"""What an interpreter promises beside that (1086/2003 section 19)."""
_Promise = Literal[
    "all", "secrecy", "own_room", "nobody_hears", "headphones", "no_recording", "with_client", "interpreting"
]


class EnterForm(Form):
    """The token that Join handed out; in the body, so that no log of addresses ever holds it.

    `promise` names what is promised, where nothing was promised for this meeting yet; "all" is what was asked.
    """

    token: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    promise: list[_Promise] = Field(default_factory=list, max_length=len(PROMISES) + 1)


class EmptiedForm(Form):
    """That everybody has left who was to leave; with a case, everybody of that case the team's lasting room."""

    case: OptionalShortText = ""
