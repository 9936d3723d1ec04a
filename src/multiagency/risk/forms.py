"""What may be filled in on an instrument: an item left out keeps what was saved before."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

from multiagency.kernel.inputs import Day, Form, OptionalBool, OptionalNarrative, OptionalShortText, PastDay, ShortText

_BETWEEN_DAYS = re.compile(r"\s*[;\n]\s*|,\s+|\s+(?:ja|och|and)\s+|(?<=\d\d\d\d)[\s,]+|(?<=\d\.)\s+(?=\d+\.\d)")
"""What stands between days as people write them in a row; a comma within a day stands for a dot."""


def _in_a_row(value: object) -> object:
    return [part for part in _BETWEEN_DAYS.split(value.strip()) if part] if isinstance(value, str) else value


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


PastDays = Annotated[tuple[PastDay, ...], Field(max_length=60), BeforeValidator(_in_a_row)]
"""Days, taken as a list or as people write them in a row: 3.1.2026, 5.2."""


class AnswerForm(Form):
    """The answer to one item, with a comment, and where it comes from if not from where the others do.

    Of an item with a grid, `ticked` names the pairs that are so, as `what.whom`.
    """

    answer: OptionalShortText
    comment: OptionalShortText = ""
    source: OptionalShortText = ""
    ticked: Annotated[tuple[OptionalShortText, ...] | None, Field(max_length=50)] = None


class AssessmentForm(Form):
    """What the client says, what is so around them, answers by item, and the professional's judgement.

    `incidents` are the days of violent incidents, all of them; `previous_on` when it was handled before.
    """

    client_words: OptionalNarrative = ""
    safety: Annotated[dict[str, OptionalShortText], Field(max_length=20, default_factory=dict)]
    source: OptionalShortText = ""
    answers: Annotated[dict[str, AnswerForm], Field(max_length=200, default_factory=dict)]
    further: Annotated[dict[str, OptionalShortText], Field(max_length=200, default_factory=dict)]
    judged_high: OptionalBool = None
    judgement_reason: OptionalNarrative = ""
    incidents: PastDays = ()
    previous_on: Annotated[PastDay | None, BeforeValidator(_empty_is_none)] = None
    previous_same_pair: OptionalBool = None


class EventForm(Form):
    """Something that happened on a day, or will, and asks for a new assessment."""

    kind: OptionalShortText
    day: Day


class StruckEventForm(Form):
    """An event that was told wrongly, by its id."""

    event: ShortText


class MeasureForm(Form):
    """The answers to a measure, by item."""

    answers: Annotated[dict[str, OptionalShortText], Field(max_length=200)]
