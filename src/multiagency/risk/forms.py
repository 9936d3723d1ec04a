"""What may be filled in on a checklist: an item left out keeps what was saved before."""

from typing import Annotated, Literal

from pydantic import Field

from multiagency.kernel.inputs import Form, OptionalBool, OptionalNarrative, OptionalShortText


class AnswerForm(Form):
    """The answer to one item, with a comment, and where it comes from if not from where the others do."""

    answer: Literal["yes", "no", "not_known", "unanswered"]
    comment: OptionalShortText = ""
    source: OptionalShortText = ""


class AssessmentForm(Form):
    """What the client says, what is so around them, answers by item, and the professional's judgement."""

    client_words: OptionalNarrative = ""
    safety: Annotated[dict[str, OptionalShortText], Field(max_length=20, default_factory=dict)]
    source: OptionalShortText = ""
    answers: Annotated[dict[str, AnswerForm], Field(max_length=100, default_factory=dict)]
    judged_high: OptionalBool = None
    judgement_reason: OptionalNarrative = ""
