"""What may be filled in about other names."""

from typing import Annotated

from pydantic import BeforeValidator

from multiagency.kernel.inputs import Day, Form, OptionalShortText


class AliasForm(Form):
    """Another name or birth date of the client; at least one of them."""

    name: OptionalShortText = ""
    birth_date: Annotated[Day | None, BeforeValidator(lambda value: value or None)] = None
