"""What may be filled in about how something is recorded that is taken home from a meeting."""

from typing import Literal
from uuid import UUID

from multiagency.kernel.inputs import Form, OptionalComingDay, OptionalShortText


class InstructionForm(Form):
    """In whose record something is written (`record_of`: a child of the case, or else the client), and how.

    `hidden_from` says from whom OmaKanta must not show it, until when: without a day until somebody lifts it. It stays
    without an answer only where nobody has to be asked.
    """

    record_of: UUID | None = None
    recorded_under: OptionalShortText = ""
    hidden_from: Literal["nobody", "everybody", "guardian"] | None = None
    hidden_guardian: UUID | None = None
    hidden_until: OptionalComingDay = None
