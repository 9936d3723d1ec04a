"""What a case is searched for by."""

from typing import Annotated

from pydantic import AfterValidator

from multiagency.kernel.identity_code import as_identity_code, looks_like_a_code
from multiagency.kernel.inputs import Form, ShortText


def _code_that_can_be(text: str) -> str:
    """Return what was typed. Raises as for a personal identity code where it has the shape of one and is none."""
    return as_identity_code(text) if looks_like_a_code(text) else text


class SearchForm(Form):
    """A whole name, a personal identity code or a reference."""

    wanted: Annotated[ShortText, AfterValidator(_code_that_can_be)]
