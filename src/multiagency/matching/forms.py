"""What may be filled in about other names."""

from multiagency.kernel.inputs import Form, OptionalBirthDate, OptionalShortText


class AliasForm(Form):
    """Another name or birth date of somebody in a case; at least one of them."""

    name: OptionalShortText = ""
    birth_date: OptionalBirthDate = None
