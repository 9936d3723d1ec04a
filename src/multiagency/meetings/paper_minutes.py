"""The document of approved minutes as one reader may read them: tagged, marked secret, what their agency received."""

from fastapi import Response

from multiagency.cases.desk import Desk
from multiagency.consent.reading_instructions import InstructionView
from multiagency.disclosures.paper_disclosure import secrecy_of
from multiagency.kernel.clock import now
from multiagency.kernel.languages import Language
from multiagency.meetings.reading_minutes import MinutesView
from multiagency.people.reading import agencies
from multiagency.web.pdf import make_pdf
from multiagency.web.texts import TEXTS, full_day, full_moment


async def minutes_pdf(desk: Desk, view: MinutesView, language: Language) -> Response:
    """Return the document as an answer: of parts that of the reader's own agency only, whoever wrote the others."""

    def say(key: str, **values: object) -> str:
        return TEXTS.say(language, key, **values)

    actor, reference = desk.work.actor, desk.case.reference
    reader = next(agency for agency in await agencies(desk.work) if agency.id == actor.agency_id)
    own = reader.name(actor.language)
    facts = [
        (say("minutes.paper.reader"), reader.name(language)),
        (say("disclosure.case"), reference),
        (say("minutes.paper.made"), full_moment(language, now())),
        *([(say("minutes.paper.approved"), full_moment(language, view.approved_at))] if view.approved_at else []),
    ]
    data = {
        "secrecy": secrecy_of(reader, language),
        "facts": facts,
        "common_title": say("minutes.common"),
        "common": view.text,
        "parts": [
            [say("minutes.parts.only", agency=part.agency), part.text] for part in view.parts if part.agency == own
        ],
        "recording_title": say("minutes.instruction.heading"),
        "recording": _recording(language, view.instruction),
        "until_said": "" if view.instruction else say("minutes.instruction.until_said"),
        "addenda_title": say("minutes.addenda"),
        "addenda": [
            [f"{one.author}, {full_moment(language, one.added_at)}", one.text]
            for one in view.addenda
            if one.agency in {"", own}
        ],
        "duty": say("minutes.paper.duty"),
    }
    made = await make_pdf("meetings", "minutes", language, say("minutes.for_case", reference=reference), data)
    headers = {"content-disposition": f'attachment; filename="{reference}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


def _recording(language: Language, said: InstructionView | None) -> list[tuple[str, str]]:
    """Return how its reader records it, as labelled facts; whom they may not know is not named."""
    if said is None:
        return []

    def say(key: str, **values: object) -> str:
        return TEXTS.say(language, key, **values)

    named = said.of_child and said.record_of
    whose = say("instruction.says.child_named", name=said.record_of) if named else ""
    hidden = say("instruction.says.guardian_named", name=said.hidden_guardian) if said.hidden_guardian else ""
    until = [(say("recording.until"), full_day(said.hidden_until))] if said.hidden_until else []
    return [
        (say("minutes.paper.record"), whose or say(f"instruction.says.of.{'child' if said.of_child else 'client'}")),
        (say("recording.under"), said.recorded_under),
        (say("recording.hide"), hidden or say(f"instruction.says.from.{said.hidden_from}")),
        *until,
    ]
