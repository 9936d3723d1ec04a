"""What may be filled in about meetings."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from multiagency.kernel.inputs import Form, MailAddress, Moment, Narrative, ShortText


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

    because: Literal["removed", "not_held"]


class RemovalChoice(Form):
    """The same on the page of the case in the meeting, and where one goes on."""

    then: Literal["home"] | None = None
    because: Literal["removed", "not_held"]


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


class TokenForm(Form):
    """The token that Join handed out; in the body, so that no log of addresses ever holds it."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


Version = Annotated[int, Field(ge=0, le=10_000)]
"""A draft's number; 0 where there is none yet."""


class MinutesText(Form):
    """What was said and agreed."""

    text: Narrative


class MinutesForm(Form):
    """A draft of what was said and agreed about one case."""

    case: ShortText
    text: Narrative
    seen: Version | None = None


class ApprovalForm(Form):
    """Which draft about one case is approved."""

    case: ShortText
    version: Version


class RecordedForm(Form):
    """Which instruction was followed."""

    instruction: UUID


class AddendumText(Form):
    """What is added to approved minutes."""

    text: Narrative


class AddendumForm(AddendumText):
    """What is added to the approved minutes of one case."""

    case: ShortText
