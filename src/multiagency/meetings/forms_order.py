"""What may be filled in about the order of a meeting's cases."""

from typing import Annotated

from pydantic import Field

from multiagency.kernel.inputs import Form, ShortText

References = Annotated[list[ShortText], Field(min_length=1, max_length=200)]


class OrderForm(Form):
    """All cases of an agenda in a new order, and the order in which whoever chose it saw them."""

    case: References
    saw: References
