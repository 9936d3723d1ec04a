"""What may be filled in about an action."""

from typing import Literal
from uuid import UUID

from multiagency.consent.forms_instructions import InstructionForm
from multiagency.kernel.inputs import ComingDay, Form, Narrative, OptionalNarrative, PastDay, ShortText


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


class ReportForm(Form):
    """How it went, and whether it was done."""

    outcome: Narrative
    result: Literal["done", "not_done"] = "done"


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
