"""What may be filled in about meetings."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from multiagency.kernel.inputs import Form, Moment, Narrative, ShortText


class MeetingForm(Form):
    """A remote meeting of a team."""

    team: UUID
    starts_at: Moment
    ends_at: Moment


class AgendaForm(Form):
    """A case for the agenda, by its reference."""

    case: ShortText


class SeatForm(Form):
    """Who takes part in one case."""

    case: ShortText
    post: UUID


class ChosenPosts(Form):
    """Posts that were ticked."""

    post: Annotated[list[UUID], Field(max_length=100)]


class SeatsForm(ChosenPosts):
    """Who takes part in one case, several at once."""

    case: ShortText


class InvitationAnswerForm(Form):
    """Yes or no to an invitation."""

    answer: Literal["accepted", "declined"]


class InsteadForm(Form):
    """Who of one's own agency comes instead."""

    post: UUID


class JoinForm(Form):
    """Which case's room to enter."""

    case: ShortText


class TokenForm(Form):
    """The token that Join handed out; in the body, so that no log of addresses ever holds it."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class MinutesText(Form):
    """What was said and agreed."""

    text: Narrative


class MinutesForm(MinutesText):
    """What was said and agreed about one case."""

    case: ShortText
