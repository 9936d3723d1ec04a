"""What may be filled in about one person's cases: that two are linked, and going on in another model of work."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator

from multiagency.cases.forms import OpenCase
from multiagency.kernel.inputs import Form, OptionalShortText, PastDay, ShortText

How = Literal["written", "electronic", "spoken"]
OptionalPost = Annotated[UUID | None, BeforeValidator(lambda value: value or None)]
OptionalPastDay = Annotated[PastDay | None, BeforeValidator(lambda value: value or None)]


class LinkForm(Form):
    """Which other case is about the same person, and what whoever decides answered about naming both, when and how."""

    reference: ShortText
    answer: Literal["yes", "no"]
    answered_on: PastDay
    how: How


class LinkEndForm(Form):
    """With which case a link ends; with none named, all of them."""

    reference: OptionalShortText = ""


class GoOnForm(OpenCase):
    """A new case for a team of another model, and whether the client wants the two linked: no answer is no yes.

    `colleague` is who opens it, for whoever opens no cases in their own task.
    """

    answer: Literal["yes", "no"]
    answered_on: OptionalPastDay = None
    how: How | None = None
    colleague: OptionalPost = None
