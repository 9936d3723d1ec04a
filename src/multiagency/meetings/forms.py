"""What may be filled in about meetings."""

from typing import Literal
from uuid import UUID

from multiagency.kernel.forms import Form, Line, Moment, Narrative


class MeetingForm(Form):
    """A remote meeting of a team."""

    team: UUID
    starts_at: Moment
    ends_at: Moment


class AgendaForm(Form):
    """A case for the agenda, by its reference."""

    case: Line


class SeatForm(Form):
    """Who takes part in one case."""

    case: Line
    post: UUID


class AnswerForm(Form):
    """Yes or no to an invitation."""

    answer: Literal["accepted", "declined"]


class JoinForm(Form):
    """Which case's room to enter."""

    case: Line


class MinutesForm(Form):
    """What was said and agreed about one case."""

    case: Line
    text: Narrative
