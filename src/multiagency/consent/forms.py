"""What may be filled in about consent. Nothing that was asked has a default: nothing is pre-ticked."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from multiagency.kernel.access import Kind
from multiagency.kernel.inputs import (
    ComingMoment,
    Form,
    Narrative,
    OptionalBool,
    OptionalNarrative,
    PastMoment,
    ShortText,
)


class ConsentForm(Form):
    """What one giver was asked, when, how, and what they answered: for one purpose, which data, which agencies."""

    answer: Literal["given", "refused"]
    capacity: Literal["self", "guardian", "legal_representative"] = "self"
    giver: UUID | None = None
    purpose: Literal["marak_meeting"]
    text_version: ShortText | None = None
    asked_at: PastMoment
    how: Literal["written", "electronic", "spoken"]
    language: Literal["fi", "sv", "en", "se", "smn", "sms", "other"]
    expires_at: ComingMoment | None = None
    kinds: Annotated[list[Kind], Field(max_length=len(Kind), default_factory=list)]
    recipients: Annotated[list[UUID], Field(max_length=100, default_factory=list)]


class WithdrawalForm(Form):
    """Which agency is taken out (none: all), and whose statement it is (none: everybody's)."""

    recipient: UUID | None = None
    giver: UUID | None = None


class WithdrawalChoice(Form):
    """The same on a page, where taking everything back is a choice of its own and nothing is ticked."""

    what: Literal["whole"] | UUID
    giver: UUID | None = None


class CapacityForm(Form):
    """Whether the client can decide, why, and how a child was heard; `minor` only without an identity code."""

    minor: OptionalBool = None
    capable: OptionalBool = None
    reason: OptionalNarrative = ""
    heard_at: PastMoment | None = None
    heard: OptionalNarrative = ""
    legal_representative: UUID | None = None


class GuardianForm(Form):
    """What somebody in the case may do as the child's guardian."""

    party: UUID
    may_decide: bool
    suspected: bool
    restriction_reason: OptionalNarrative = ""


class ProhibitionForm(Form):
    """The child forbids telling a guardian, or takes that back, and the weighty reason."""

    party: UUID
    forbidden: bool
    reason: Narrative


class ScanForm(Form):
    """Which version of the consent a scanned paper belongs to; the newest, when none is named."""

    version: int | None = None
