"""What an auditor fills in: whom a search is about, and a note."""

from enum import StrEnum

from multiagency.kernel.identity_code import OptionalIdentityCode
from multiagency.kernel.inputs import Form, Narrative, OptionalShortText


class SubjectForm(Form):
    """Whose entries are looked for; the identity code counts before the name. Sent, never part of an address."""

    identity_code: OptionalIdentityCode = ""
    age_confirmed: bool = False
    name: OptionalShortText = ""


class Conclusion(StrEnum):
    """What an auditor concludes; a closed list, so that conclusions can be counted."""

    JUSTIFIED = "justified"
    EXPLANATION_ASKED = "explanation_asked"
    EXPLANATION_ACCEPTED = "explanation_accepted"
    MISUSE_SUSPECTED = "misuse_suspected"
    PASSED_ON = "passed_on"


class NoteForm(Form):
    """A note on an entry, or on the pattern (`rule`) that it belongs to."""

    conclusion: Conclusion
    note: Narrative
    rule: str = ""
