"""What may be filled in about a case."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from multiagency.kernel.identity_code import OptionalIdentityCode
from multiagency.kernel.inputs import (
    Form,
    Narrative,
    OptionalBirthDate,
    OptionalClock,
    OptionalNames,
    OptionalNarrative,
    OptionalShortText,
    PastDay,
    ShortText,
    Weekdays,
)
from multiagency.pathways.definition import PartyRole


class OpenCase(Form):
    """A new case for a team; the team decides the pathway, and that which reasons and source are asked for."""

    team: UUID
    reasons: Annotated[list[ShortText], Field(max_length=50, default_factory=list)]
    source: OptionalShortText = ""


class MoveForm(Form):
    """Into which stage a case goes, and why where its model asks for that."""

    to: ShortText
    reason: OptionalNarrative = ""


class ClientForm(Form):
    """Whom the case is about; `age_confirmed` says that an unlikely age is right."""

    name: ShortText
    identity_code: OptionalIdentityCode = ""
    birth_date: OptionalBirthDate = None
    age_confirmed: bool = False


class ReachingForm(Form):
    """What is asked first about reaching the client without danger, and decides whether now is a safe time.

    `safe_days` with `safe_from` and `safe_until` say when it is safe to call so that the service can tell whether it is
    now. `interpreter` says in which language one is needed, or that none is; `must_not_interpret`, who is a danger.
    """

    phone: OptionalShortText = ""
    safe_days: Weekdays = ""
    safe_from: OptionalClock = ""
    safe_until: OptionalClock = ""
    do_not_talk_to: OptionalNames = ""
    interpreter: OptionalShortText = ""
    must_not_interpret: OptionalShortText = ""
    may_leave_message: bool = False
    language: Literal["fi", "sv", "en", "se", "smn", "sms", "other"] = "fi"


class SafeContactForm(ReachingForm):
    """All of how to reach the client; what has to be said in words of when stands in `when_to_call`."""

    address: OptionalShortText = ""
    when_to_call: OptionalShortText = ""
    municipality: OptionalShortText = ""


class PartyForm(Form):
    """Somebody else in the case; a legal representative is an `other`."""

    role: PartyRole
    name: ShortText
    identity_code: OptionalIdentityCode = ""
    birth_date: OptionalBirthDate = None
    age_confirmed: bool = False
    relation: OptionalShortText = ""
    employer: UUID | None = None


class PartForm(Form):
    """What one's own agency tells."""

    narrative: Narrative


class ContributorForm(Form):
    """Whom to ask for their agency's part."""

    post: UUID


class BarForm(Form):
    """Whom to keep out of a case, and why."""

    post: UUID
    reason: Literal["conflict_of_interest", "must_never_be_told", "minor_prohibition"]


class LiftForm(Form):
    """Why a person's bar is lifted."""

    reason: Literal["set_by_mistake", "no_longer_holds"]


class SupportForm(Form):
    """Who stands beside the client."""

    post: UUID


class VoiceForm(Form):
    """What the client wishes, and what they want the meeting to answer, in their own words."""

    wishes: OptionalNarrative = ""
    question: OptionalNarrative = ""


class ChildsVoiceForm(Form):
    """What a child says themselves."""

    wishes: OptionalNarrative = ""


class ExemptionForm(Form):
    """Whom of a barred agency to let in, and why."""

    post: UUID
    reason: Literal["needed_for_the_task", "no_tie_to_the_party"]


class RoundForm(Form):
    """When and how the client said that they wish to go on."""

    wished_on: PastDay
    how: Literal["written", "electronic", "spoken"]


class TakingOverForm(Form):
    """Which post of the convening agency looks after the case from now on."""

    post: UUID


class FindingForm(Form):
    """What an authority has found, and on which day (`service_findings.ANSWERS`)."""

    what: Literal["first_offence", "decision"]
    answer: ShortText
    found_on: PastDay


class VersionForm(Form):
    """To which version of its model a case moves, and why."""

    version: ShortText
    reason: Narrative


class MistakeForm(Form):
    """Why somebody does not belong in the case and was recorded by mistake."""

    reason: ShortText
