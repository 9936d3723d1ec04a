"""What may be filled in about grounds, disclosures, notifications and sharing. Nothing has a default choice."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from multiagency.kernel.access import Kind
from multiagency.kernel.identity_code import as_identity_code, looks_like_a_code
from multiagency.kernel.inputs import (
    Form,
    Narrative,
    OptionalComingDay,
    OptionalNarrative,
    OptionalShortText,
    PastMoment,
    ShortText,
)
from multiagency.people.models import AgencyKind, Office

PURPOSES = ("protect_life", "protect_child", "investigate_offence", "give_service", "other_task")
DisclosurePurpose = Literal["protect_life", "protect_child", "investigate_offence", "give_service", "other_task"]
HOWS = ("in_person", "post", "secure_mail", "telephone")
How = Literal["in_person", "post", "secure_mail", "telephone"]

Code = Annotated[str, StringConstraints(min_length=2, max_length=40, pattern=r"^[A-Z0-9][A-Z0-9-]+$")]
FieldCodes = Annotated[
    list[Annotated[str, StringConstraints(max_length=80)]], Field(max_length=200, default_factory=list)
]
Kinds = Annotated[list[AgencyKind], Field(min_length=1, max_length=len(AgencyKind))]
Offices = Annotated[list[Office], Field(max_length=len(Office), default_factory=list)]


def _code_or_words(text: str) -> str:
    """A date in words stays as it is; what has the shape of an identity code must be one."""
    return as_identity_code(text) if looks_like_a_code(text) else text


class GroundWording(Form):
    """One wording of a ground; an edit is a new one, in force at once or from a coming day.

    For a coming day `confirmed` says that what the change touches was seen.
    """

    provision: ShortText
    from_kinds: Kinds
    from_offices: Offices
    to_kinds: Kinds
    duty: bool
    needs_consent: bool
    discloses: bool
    on_request: bool
    text_fi: Narrative
    text_sv: Narrative
    text_en: Narrative
    valid_from: OptionalComingDay = None
    confirmed: bool = False


class GroundForm(GroundWording):
    """A new ground."""

    code: Code


class RecordingForm(Form):
    """How the recipient records what arrives: under which service task, hidden in OmaKanta from whom and until when."""

    recorded_under: OptionalShortText = ""
    hidden_from: Literal["everybody", "guardians", "nobody"] | None = None
    hidden_until: OptionalComingDay = None


class DisclosureForm(RecordingForm):
    """What to disclose, to whom, on which ground and why; `confirmed` says that the last page was read.

    The recipient is an agency here, or a name outside the service together with what kind of agency it is.
    """

    ground: Code
    recipient: UUID | None = None
    recipient_name: OptionalShortText = ""
    recipient_kind: AgencyKind | None = None
    fields: FieldCodes
    text: OptionalNarrative = ""
    necessity: Narrative
    purpose: DisclosurePurpose
    requested_by: OptionalShortText = ""
    confirmed: bool = False


class DeliveryForm(Form):
    """How and when a printed disclosure was handed over."""

    how: How
    delivered_at: PastMoment


class NotificationForm(RecordingForm):
    """A child-welfare notification: which children, why in words, what else of one's own record goes with it."""

    recipient: UUID | None = None
    recipient_name: OptionalShortText = ""
    children: Annotated[list[UUID], Field(max_length=50, default_factory=list)]
    fields: FieldCodes
    reason: Narrative
    confirmed: bool = False


class PaperNotificationForm(Form):
    """A child-welfare notification of somebody who has no case here: everything in it is typed by hand.

    `born` is a date in words or an identity code; `age_confirmed` says that a child of age by the code is one.
    """

    recipient_name: ShortText
    child: ShortText
    born: Annotated[OptionalShortText, AfterValidator(_code_or_words)] = ""
    age_confirmed: bool = False
    whereabouts: OptionalNarrative = ""
    reason: Narrative
    phone: OptionalShortText = ""


class ChildWelfareForm(Form):
    """Why no notification is made now: it has been made already, or it is not needed and why."""

    decision: Literal["already_notified", "not_needed"]
    reason: OptionalNarrative = ""


class SharingForm(Form):
    """Which agencies may be given which kinds of data at the table, on which one ground, and why it is necessary."""

    ground: Code
    agencies: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    kinds: Annotated[list[Kind], Field(min_length=1, max_length=len(Kind))]
    necessity: Narrative
    confirmed: bool = False
