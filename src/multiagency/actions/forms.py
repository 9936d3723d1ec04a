"""What may be filled in about an action."""

from typing import Literal
from uuid import UUID

from multiagency.kernel.inputs import Day, Form, Narrative, OptionalDay, OptionalNarrative, OptionalShortText, ShortText


class InstructionForm(Form):
    """In whose record an action is written (`record_of`: a child of the case, or else the client), and how.

    `hidden_from` says from whom OmaKanta must not show it, until when: without a day until somebody lifts it. It stays
    without an answer only where nobody has to be asked.
    """

    record_of: UUID | None = None
    recorded_under: OptionalShortText = ""
    hidden_from: Literal["nobody", "everybody", "guardian"] | None = None
    hidden_guardian: UUID | None = None
    hidden_until: OptionalDay = None


class ActionForm(InstructionForm):
    """A task for a named person, by a date; `reaches_client` when the task is to reach the client.

    `named_on_purpose` answers the question about a name of the case in the title: it stays with the owner for good.
    """

    owner: UUID
    title: ShortText
    due_on: Day
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

    due_on: Day


class ActionAnswer(Form):
    """What becomes of an open action when its case ends; why, where it is not needed any more."""

    action: ShortText
    answer: Literal["done", "not_needed", "stays"]
    why: OptionalNarrative = ""
