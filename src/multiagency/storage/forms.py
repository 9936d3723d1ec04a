"""What may be filled in about the end of a case, holds, and rules of retention. Nothing has a default."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from multiagency.kernel.inputs import Day, Form, Narrative, OptionalNarrative, OptionalShortText, ShortText


class ClosingForm(Form):
    """How a case ended: guided onward names the service, another outcome its reason."""

    outcome: Literal["guided_onward", "no_further_need", "moved_away", "other"]
    target: OptionalShortText = ""
    reason: OptionalNarrative = ""


class HoldForm(Form):
    """Why nothing of a case may be deleted, or why it may be again."""

    reason: Narrative


class RuleForm(Form):
    """A rule of retention that holds from a day on; it replaces the class's earlier one."""

    retention_class: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")]
    years: Annotated[int, Field(ge=0, le=200)]
    counted_from: Literal["closed", "event", "death", "birth"]
    provision: ShortText
    valid_from: Day
