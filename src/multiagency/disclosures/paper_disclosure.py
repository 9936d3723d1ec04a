"""The document of a disclosure that leaves on paper: tagged, marked secret, one agency's own data only."""

from collections.abc import Awaitable
from dataclasses import dataclass

from fastapi import Response

from multiagency.cases.desk import Desk
from multiagency.disclosures.models import Disclosure
from multiagency.disclosures.reading import DisclosureView, one_disclosure
from multiagency.disclosures.reading_fields import SentLine
from multiagency.disclosures.service import BY_HAND
from multiagency.disclosures.service_recording import RecordingView
from multiagency.kernel.languages import Language
from multiagency.people.models import Agency, AgencyKind
from multiagency.web.pdf import make_pdf
from multiagency.web.texts import TEXTS, as_people_write, full_day, full_moment

_POINT = {AgencyKind.POLICE: 26, AgencyKind.MUNICIPALITY: 32}
_SOCIAL_CARE = 25
"""Points of the Openness Act 621/1999 section 24 subsection 1 that make the data secret (law facts 3.3)."""


async def disclosure_pdf(desk: Desk, view: DisclosureView, language: Language) -> Response:
    """Return the document as an answer."""

    def say(key: str, **values: object) -> str:
        return TEXTS.say(language, key, **values)

    facts = [
        (say("disclosure.to"), view.recipient),
        (say("disclosure.from"), f"{view.author.agency.name(language)}, {view.author.label}"),
        (say("disclosure.decided_at"), full_moment(language, view.decided_at)),
        (say("disclosure.ground"), f"{view.ground.words(language)} ({view.ground.provision})"),
        (say("disclosure.purpose"), say(f"disclosure.purposes.{view.row.purpose}")),
        (say("disclosure.onward"), say(f"disclosure.onward_for.{view.row.purpose}")),
        (say("disclosure.requested_by"), view.requested_by or say("disclosure.own_initiative")),
        (say("disclosure.case"), desk.case.reference),
        *recording_facts(language, view.recording),
    ]
    lines = [(line_label(language, line), line_value(language, line)) for line in view.content.lines]
    written = Written(say("disclosure.document"), facts, say("disclosure.content"), lines, view.content.text)
    return await document(view.author.agency, language, desk.case.reference, written)


async def on_paper(desk: Desk, recording: Awaitable[Disclosure], language: Language) -> Disclosure:
    """Return what is recorded once its document, if it is handed over by hand, was made; failing takes it back."""
    row = await recording
    if row.channel == BY_HAND:
        await disclosure_pdf(desk, await one_disclosure(desk, row.id, language), language)
    return row


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a document that leaves: labelled facts about it, what it tells line by line, and free text."""

    title: str
    facts: list[tuple[str, str]]
    lines_title: str
    lines: list[tuple[str, str]]
    text: str


async def document(sender: Agency, language: Language, name: str, written: Written) -> Response:
    """Return a document as a file called `name`, marked secret on the point that binds the sender."""
    data = {
        "secrecy": secrecy_of(sender, language),
        "facts": written.facts,
        "content_title": written.lines_title,
        "lines": written.lines,
        "text_title": TEXTS.say(language, "disclosure.told"),
        "text": written.text,
        "duty": TEXTS.say(language, "disclosure.secrecy_follows"),
    }
    made = await make_pdf("disclosures", "disclosure", language, written.title, data)
    headers = {"content-disposition": f'attachment; filename="{name}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


def secrecy_of(agency: Agency, language: Language) -> str:
    """Return the mark of secrecy that binds an agency."""
    point = _POINT.get(AgencyKind(agency.kind), _SOCIAL_CARE)
    return TEXTS.say(language, "disclosure.secrecy", point=point)


def recording_facts(language: Language, said: RecordingView | None) -> list[tuple[str, str]]:
    """Return how the recipient records it, as labelled facts; none where nothing was said."""
    if said is None:
        return []
    until = [(TEXTS.say(language, "recording.until"), full_day(said.hidden_until))] if said.hidden_until else []
    return [
        (TEXTS.say(language, "recording.under"), said.recorded_under),
        (TEXTS.say(language, "recording.hide"), TEXTS.say(language, f"recording.from.{said.hidden_from}")),
        *until,
    ]


def line_label(language: Language, line: SentLine) -> str:
    """Return what a sent datum is called, with whose it is."""
    who = TEXTS.say(language, f"disclosed.who.{line.who}")
    return f"{who}: {TEXTS.say(language, line.label)}"


def line_value(language: Language, line: SentLine) -> str:
    """Return a sent datum in words; a rule of safe contact that was not told says so."""
    if line.label == "disclosed.contact.may_leave_message":
        return TEXTS.say(language, "contact.message_yes" if line.value == "True" else "contact.message_no")
    if line.label.endswith(".safe_hours") and line.value:
        *days, span = line.value.split()
        begins, ends = map(as_people_write, span.split("-"))
        between = TEXTS.say(language, "contact.between", begins=begins, ends=ends)
        return ", ".join([*(TEXTS.say(language, f"weekday.{day}") for day in days), between])
    if line.label.endswith(".birth_date"):
        return as_people_write(line.value)
    return line.value or TEXTS.say(language, "contact.not_told")
