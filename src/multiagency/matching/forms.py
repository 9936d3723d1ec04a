"""What may be filled in about other names."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator

from multiagency.kernel.forms import Form, OptionalLine


class AliasForm(Form):
    """Another name or birth date of the client; at least one of them."""

    name: OptionalLine = ""
    birth_date: Annotated[date | None, BeforeValidator(lambda value: value or None)] = None
