"""What may be filled in on a checklist: an item left out keeps what was saved before."""

from typing import Annotated, Literal

from pydantic import Field

from multiagency.kernel.inputs import Form, OptionalBool, OptionalNarrative, OptionalShortText


class AnswerForm(Form):
    """The answer to one item, with a comment."""

    answer: Literal["yes", "no", "not_known", "unanswered"]
    comment: OptionalShortText = ""


class AssessmentForm(Form):
    """Answers by item, and the professional's judgement."""

    answers: Annotated[dict[str, AnswerForm], Field(max_length=100, default_factory=dict)]
    judged_high: OptionalBool = None
    judgement_reason: OptionalNarrative = ""
