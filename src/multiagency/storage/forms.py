"""What may be filled in about the end of a case, holds, and rules of retention. Nothing has a default."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from multiagency.actions.forms import ActionAnswer
from multiagency.kernel.inputs import ComingDay, Form, Narrative, OptionalNarrative, OptionalShortText, ShortText


class ClosingForm(Form):
    """How a case ended, with what the model asks for that outcome; and what becomes of each open action.

    `opener_reads` is what the client said, where the model asks for feedback: may whoever opened the case read it?
    """

    outcome: ShortText
    target: OptionalShortText = ""
    reason: OptionalNarrative = ""
    feedback: OptionalNarrative = ""
    opener_reads: Literal["yes", "no"] | None = None
    answers: tuple[ActionAnswer, ...] = ()


class EarlyEndForm(Form):
    """Why a case that should not go on ends, from whatever stage; a duplicate names the other by its reference."""

    why: Literal["duplicate", "opened_by_mistake", "client_died", "moved_away", "no_longer_wanted"]
    same_as: OptionalShortText = ""
    words: OptionalNarrative = ""
    answers: tuple[ActionAnswer, ...] = ()


class HoldForm(Form):
    """Why nothing of a case may be deleted, or why it may be again."""

    reason: Narrative


class RuleForm(Form):
    """A rule of retention that holds from a day on; it replaces the class's earlier one."""

    retention_class: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")]
    years: Annotated[int, Field(ge=0, le=200)]
    counted_from: Literal["closed", "event", "death", "birth"]
    provision: ShortText
    valid_from: ComingDay
