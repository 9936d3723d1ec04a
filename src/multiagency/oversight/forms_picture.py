"""Which picture of use an auditor asks for: weeks, a day and ids, which may stand in an address."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.datastructures import FormData

from multiagency.kernel.errors import Invalid
from multiagency.kernel.inputs import Form, PastDay
from multiagency.web.door import through
from multiagency.web.forms import without_empty
from multiagency.web.pages import fill

WEEKS = (1, 4)
_Text = Annotated[str, Query(max_length=200)]


class PictureForm(Form):
    """Which weeks, whose uses: `weeks` is 1 or 4, `until` the last day that is shown (today when it is not named)."""

    weeks: int = 1
    until: PastDay | None = None
    agency: UUID | None = None
    person: UUID | None = None


async def _typed(weeks: _Text = "", until: _Text = "", agency: _Text = "", person: _Text = "") -> dict[str, str]:
    return {"weeks": weeks, "until": until, "agency": agency, "person": person}


PictureAsked = Annotated[dict[str, str], through(_typed)]
"""The picture that a request asks for, as it came, as a parameter of a route."""


def picture_form(typed: dict[str, str]) -> PictureForm:
    """Return the form. Raises `Invalid` naming every wrong field."""
    form = fill(PictureForm, without_empty(FormData(typed)))
    if form.weeks not in WEEKS:
        raise Invalid.of("weeks", "error.wrong_value")
    return form
