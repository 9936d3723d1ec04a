"""What may be filled in about an action."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from multiagency.consent.forms_instructions import InstructionForm
from multiagency.kernel.inputs import (
    ComingDay,
    Form,
    Narrative,
    OptionalNarrative,
    OptionalPastDay,
    PastDay,
    ShortText,
)


class ActionForm(InstructionForm):
    """A task for a named person, by a date; `reaches_client` when the task is to reach the client.

    `named_on_purpose` answers the question about a name of the case in the title: it stays with the owner for good.
    """

    owner: UUID
    title: ShortText
    due_on: ComingDay
    reaches_client: bool = False
    named_on_purpose: bool = False


class OwnerForm(Form):
    """Who does it instead."""

    owner: UUID


_Known = Literal["yes", "no", "not_known"] | None
_Grade = Annotated[int, Field(ge=1, le=5)] | None


class ReportForm(Form):
    """How it went, and whether it was done; of what is told to the client also on which day and how.

    Of how the client is some months later also whether there was violence or a report to the police anew, and how safe
    they feel from 1 to 5, where they were asked.
    """

    outcome: Narrative
    result: Literal["done", "not_done"] = "done"
    told_on: OptionalPastDay = None
    told_how: Literal["face_to_face", "by_phone", "remotely", "on_paper"] | None = None
    new_violence: _Known = None
    new_report: _Known = None
    safe_at_home: _Grade = None
    safe_outside: _Grade = None
    knows_help: _Grade = None


class ActionReviewed(Form):
    """Whether an action of an earlier plan helped."""

    action: ShortText
    helped: Literal["yes", "partly", "no", "not_done"]
    words: OptionalNarrative = ""


class ReviewedPlanForm(Form):
    """What became of an earlier plan, action by action; some may be answered later."""

    answers: tuple[ActionReviewed, ...] = ()


class StrikeForm(Form):
    """Why an action was a mistake."""

    reason: Narrative


class DueForm(StrikeForm):
    """Another day, and why."""

    due_on: ComingDay


class AttendanceForm(Form):
    """An appointment that was kept or missed, or how the whole period ended; on which day."""

    what: Literal["attended", "missed", "completed", "interrupted", "not_begun"]
    on_day: PastDay


class ActionAnswer(Form):
    """What becomes of an open action when its case ends; why, where it is not needed any more."""

    action: ShortText
    answer: Literal["done", "not_needed", "stays"]
    why: OptionalNarrative = ""
