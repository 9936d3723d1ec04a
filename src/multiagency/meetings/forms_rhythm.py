"""What may be filled in about a team's rhythm, its drafts from a day on, and a copy of a meeting."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from multiagency.kernel.inputs import ComingDay, Form, Moment, OptionalClock

OnHoliday = Literal["skip", "before", "after"]
"""What comes of a day that is a holiday: it falls out, or the meeting is on the working day before or after it."""
Number = Annotated[int, Field(ge=0, le=100_000)]
Plan = Annotated[str, StringConstraints(max_length=64)]
"""Which plan its reader saw before saying yes to it; empty where they have seen none."""


def _given(value: str) -> str:
    if not value:
        raise PydanticCustomError("clock", "no time of day")
    return value


Clock = Annotated[OptionalClock, AfterValidator(_given)]


class YearForm(Form):
    """A rhythm, and until which day its meetings are made."""

    team: UUID
    first_on: ComingDay
    until: ComingDay
    every_weeks: Number
    starts: Clock
    minutes: Number
    on_holiday: OnHoliday
    plan: Plan = ""


class DraftsForm(Form):
    """What is done to a team's drafts from a day on: they get another weekday, time and length, or are cancelled."""

    team: UUID
    from_on: ComingDay
    what: Literal["move", "cancel"]
    weekday: Literal["0", "1", "2", "3", "4"] | None = None
    starts: OptionalClock = ""
    minutes: Number | None = None
    plan: Plan = ""


class CopyForm(Form):
    """When the copy of a meeting begins; it lasts as long as that one."""

    starts_at: Moment
