"""What may be filled in about when somebody can meet, and about a proposal of times."""

from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

from multiagency.kernel.inputs import ComingDay, Form, Moment, OptionalClock, OptionalShortText


def _must_be_https(address: str) -> str:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or port == 0 or not address.isascii():
        raise PydanticCustomError("calendar_address", "not an address that a calendar is read from")
    return address


CalendarAddress = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_must_be_https)]


class AvailabilityForm(Form):
    """That one can meet from when until when, or cannot."""

    starts_at: Moment
    ends_at: Moment
    can: Literal["yes", "no"]

    def times(self) -> dict[str, datetime]:
        """Return the two times."""
        return {"starts_at": self.starts_at, "ends_at": self.ends_at}


class AvailabilityChoice(Form):
    """Which of what was said is taken back."""

    which: UUID


class BusySourceForm(Form):
    """Where one's calendar is asked for busy times, and what it is opened with."""

    kind: Literal["ics", "caldav"]
    address: CalendarAddress
    login: OptionalShortText = ""
    password: Annotated[SecretStr, Field(max_length=200)] = SecretStr("")


class SlotsForm(Form):
    """For which team times are proposed, from which day on, for how many minutes, between which times of day."""

    team: UUID
    from_on: ComingDay
    minutes: Annotated[int, Field(ge=0, le=100_000)]
    earliest: OptionalClock = "08:00"
    latest: OptionalClock = "16:00"
