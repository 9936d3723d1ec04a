"""What may be filled in about an action."""

from uuid import UUID

from multiagency.kernel.inputs import Day, Form, Narrative, ShortText


class ActionForm(Form):
    """A task for a named person, by a date."""

    owner: UUID
    title: ShortText
    due_on: Day


class OwnerForm(Form):
    """Who does it instead."""

    owner: UUID


class ReportForm(Form):
    """How it went."""

    outcome: Narrative
