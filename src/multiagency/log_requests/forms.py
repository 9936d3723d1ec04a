"""What may be filled in about a request for log data. Nothing has a default choice; no text goes into an address."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from multiagency.kernel.identity_code import OptionalIdentityCode
from multiagency.kernel.inputs import (
    Form,
    Narrative,
    OptionalNarrative,
    OptionalShortText,
    PastDay,
    PastMoment,
    ShortText,
)
from multiagency.pathways.definition import PartyRole

TRACKS = ("client_data", "police")
CAPACITIES = ("self", "minor", "guardian", "representative")
FOR_ANOTHER = frozenset({"guardian", "representative"})
IDENTIFIED_BY = ("strong", "document_in_person", "known_to_worker")
LANGUAGES = ("fi", "sv", "en", "se", "smn", "sms", "other")
"""Every language that a client may have; the answer is in Finnish where no sentence is translated."""
DECISIONS = ("release", "release_without_name", "withhold", "withhold_silently", "acknowledge")
ROLES = ("client", *PartyRole)
HOWS = ("in_person", "post", "secure_mail")
FINDINGS = ("lawful", "unlawful", "not_found_out")


GroundCode = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z_]*$")]


class RequestForm(Form):
    """A request as it arrived. `agency` may be left out by an intake, who takes requests to the own agency only.

    Whoever has no identity code asks all the same, with a note on how it was made sure who they are.
    """

    track: Literal["client_data", "police"]
    agency: UUID | None = None
    capacity: Literal["self", "minor", "guardian", "representative"]
    name: ShortText
    identity_code: OptionalIdentityCode = ""
    contact: Narrative
    language: Literal["fi", "sv", "en", "se", "smn", "sms", "other"]
    subject_name: OptionalShortText = ""
    subject_code: OptionalIdentityCode = ""
    age_confirmed: bool = False
    identified_by: Literal["strong", "document_in_person", "known_to_worker"]
    identification_note: OptionalNarrative = ""
    arrived_on: PastDay | None = None
    period_from: PastDay | None = None
    period_to: PastDay | None = None
    older_reason: OptionalNarrative = ""


class AttachForm(Form):
    """Which case belongs to the request, and why: somebody by their id, or a role in the case with this reference."""

    person: UUID | None = None
    case: OptionalShortText = ""
    role: Literal["client"] | PartyRole | None = None
    reason: Narrative


class DetachForm(Form):
    """Why a case does not belong to the request after all."""

    reason: Narrative


class DecisionForm(Form):
    """What to do with the chosen entries. Keeping back, also a name only, has a ground and a reason in words."""

    entries: Annotated[list[UUID], Field(max_length=500)]
    decision: Literal["release", "release_without_name", "withhold", "withhold_silently", "acknowledge"]
    ground: GroundCode = ""
    reason: OptionalNarrative = ""


class RequestAnswerForm(Form):
    """The review is done: the answer is made and cannot be changed afterwards.

    `nothing_confirmed` says that an answer of nothing is right: that possible namesakes were looked at.
    """

    confirmed: bool = False
    nothing_confirmed: bool = False


class RefusalForm(Form):
    """The request is refused as a whole: on which ground, why in words that the client reads."""

    ground: GroundCode
    reason: Narrative
    confirmed: bool = False


class RequestDeliveryForm(Form):
    """How and when the answer was handed over."""

    how: Literal["in_person", "post", "secure_mail"]
    delivered_at: PastMoment


class ClarificationForm(Form):
    """What the client suspects, in their words."""

    question: Narrative
    asked_on: PastDay | None = None


class ExplanationForm(Form):
    """What the controller found, and its reasons."""

    finding: Literal["lawful", "unlawful", "not_found_out"]
    answer: Narrative
