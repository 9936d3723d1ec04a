"""What may be filled in about a meeting of a team's own work: no field is for a client, and a code is refused."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from multiagency.kernel.identity_code import has_a_code
from multiagency.kernel.ids import has_a_reference
from multiagency.kernel.inputs import Form, Moment, Narrative, OptionalShortText, ShortText


def _of_no_client(text: str) -> str:
    if has_a_code(text) or has_a_reference(text):
        raise PydanticCustomError("about_a_client", "an identity code, or the reference of a case")
    return text


OwnLine = Annotated[ShortText, AfterValidator(_of_no_client)]
OptionalOwnLine = Annotated[OptionalShortText, AfterValidator(_of_no_client)]
OwnText = Annotated[Narrative, AfterValidator(_of_no_client)]
"""Words about the team's own work."""


class TeamMeetingForm(Form):
    """A meeting of a team, who is asked to it, and who writes its memo."""

    team: UUID
    title: OwnLine
    place: OptionalOwnLine = ""
    starts_at: Moment
    ends_at: Moment
    post: Annotated[list[UUID], Field(max_length=100)]
    memo_by: UUID | None = None


class TeamPointForm(Form):
    """A point of the agenda, and who is responsible for it."""

    text: OwnLine
    responsible: UUID | None = None


class TeamPointChoice(Form):
    """Which point comes off the agenda."""

    point: UUID


class TeamMemoForm(Form):
    """A draft of the memo, and which one its writer saw before."""

    text: OwnText
    seen: Annotated[int, Field(ge=0, le=10_000)] = 0


class TeamMemoVersion(Form):
    """Which draft is approved."""

    version: Annotated[int, Field(ge=1, le=10_000)]
