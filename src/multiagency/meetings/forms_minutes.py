"""What may be filled in about minutes: who writes and receives them, drafts with their parts, approval, additions."""

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from multiagency.consent.forms_instructions import InstructionForm
from multiagency.kernel.inputs import Form, Narrative, OptionalNarrative, ShortText

MOST_AGENCIES = 100
Version = Annotated[int, Field(ge=0, le=10_000)]
"""A draft's number; 0 where there is none yet."""
Parts = Annotated[dict[UUID, OptionalNarrative], Field(max_length=MOST_AGENCIES)]
"""What single agencies alone may record, by the agency; an empty text takes a part out."""
_Chosen = Annotated[UUID | None, BeforeValidator(lambda value: value or None)]


class WriterForm(Form):
    """Who writes the minutes of a meeting; nobody named: whoever coordinates."""

    writer: _Chosen = None


class RecipientsForm(Form):
    """The agencies that receive the minutes of one case; none named: those that sit there, and whoever opened it."""

    agency: Annotated[list[UUID], Field(max_length=MOST_AGENCIES, default_factory=list)]


class MinutesText(Form):
    """What was said and agreed, the parts of single agencies, and that the case has been handled to its end."""

    text: Narrative
    parts: Parts = Field(default_factory=dict)
    handled: bool = False


class MinutesForm(Form):
    """A draft about one case; parts that are left out stay as they are."""

    case: ShortText
    text: Narrative
    parts: Parts = Field(default_factory=dict)
    seen: Version | None = None


class ApprovalForm(Form):
    """Which draft about one case is approved; `handled` says that it has been handled before its time was over."""

    case: ShortText
    version: Version
    handled: bool = False


class PartInstructionForm(InstructionForm):
    """How minutes are recorded: by everybody there, or what one agency alone received."""

    agency: _Chosen = None


class RecordedForm(Form):
    """Which instruction was followed."""

    instruction: UUID


class AddendumText(Form):
    """What is added to approved minutes, or to the part of one agency."""

    text: Narrative
    agency: _Chosen = None


class AddendumForm(AddendumText):
    """The same about one case."""

    case: ShortText
