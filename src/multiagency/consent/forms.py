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
    OptionalComingDay,
    OptionalNarrative,
    PastDay,
    PastMoment,
    ShortText,
)


class PairsForm(Form):
    """What one agency may be told; no kinds are a no to it."""

    agency: UUID
    kinds: Annotated[list[Kind], Field(max_length=len(Kind))]


class _Answer(Form):
    """What one giver answered about one purpose, in whose place, how and in which language."""

    answer: Literal["given", "refused"]
    capacity: Literal["self", "guardian", "legal_representative"] = "self"
    giver: UUID | None = None
    purpose: ShortText
    text_version: ShortText | None = None
    how: Literal["written", "electronic", "spoken"]
    language: Literal["fi", "sv", "en", "se", "smn", "sms", "other"]


class ConsentForm(_Answer):
    """An answer with when it was asked for, until when it holds, and which agency may be told what.

    `kinds` and `recipients` say that each of these agencies may be told all of these kinds; `pairs` says it of each by
    itself, and stands alone.
    """

    asked_at: PastMoment
    expires_at: ComingMoment | None = None
    kinds: Annotated[list[Kind], Field(max_length=len(Kind), default_factory=list)]
    recipients: Annotated[list[UUID], Field(max_length=100, default_factory=list)]
    pairs: Annotated[list[PairsForm] | None, Field(max_length=100)] = None

    @property
    def shares(self) -> dict[UUID, frozenset[Kind]]:
        """Return what each agency is given that was asked about; who refuses gives nobody anything."""
        if self.answer == "refused":
            return {}
        if self.pairs is None:
            return dict.fromkeys(self.recipients, frozenset(self.kinds))
        return {pair.agency: frozenset(pair.kinds) for pair in self.pairs}


class ConsentAnswer(_Answer):
    """The same on a page, beside its rows of agencies: asked just now or earlier, and held until the end of a day."""

    when: Literal["now", "earlier"]
    asked_at: PastMoment | None = None
    until: OptionalComingDay = None


class WithdrawalForm(Form):
    """Which agency is taken out (none: all), which kind of data (none: all), of whose statement (none: all's)."""

    recipient: UUID | None = None
    kind: Kind | None = None
    giver: UUID | None = None


class WithdrawalChoice(Form):
    """The same on a page, where taking everything back is a choice of its own and nothing is ticked."""

    who: Literal["all"] | UUID
    what: Literal["all"] | Kind
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


class AgreementForm(Form):
    """Whether the client or one of the guardians agreed to a meeting, when they said so, and how."""

    giver: Literal["client"] | UUID
    agreed: bool
    said_on: PastDay
    how: Literal["meeting", "call", "message", "letter"]


class ScanForm(Form):
    """Which version of the consent a scanned paper belongs to; the newest, when none is named."""

    version: int | None = None
