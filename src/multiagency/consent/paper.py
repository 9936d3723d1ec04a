"""What stands on the form to sign: from the same record and text as the page, and nobody else's data."""

from typing import Any
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.models import Client
from multiagency.consent.reading_deciding import newest_capacity, party_name
from multiagency.consent.service_recording import must_be_theirs_to_give
from multiagency.consent.wording import text_of, version_in_force, written_in
from multiagency.kernel.errors import Conflict
from multiagency.kernel.languages import Language
from multiagency.people import reading as people
from multiagency.web.texts import TEXTS

_LABELS = ("client", "giver", "purpose", "answer", "recipients", "tick", "place", "signature", "printed_name")


async def form_data(desk: Desk, giver: UUID | None, language: Language) -> dict[str, Any]:
    """Return everything that the form holds. Nothing on it is ticked.

    Raises `Conflict` before the client is recorded, `Invalid` for a giver who does not decide or must not be told.
    """
    client = await desk.work.session.get(Client, desk.case.id)
    if client is None:
        raise Conflict("consent.client_first")
    capacity = await _capacity(desk, giver)
    await must_be_theirs_to_give(desk, capacity, giver)
    spoken, model = written_in(language), desk.model
    text = text_of(desk.case.pathway, await version_in_force(desk), spoken)

    def say(key: str) -> str:
        return TEXTS.say(spoken, f"consent_form.{key}")

    return {
        "title": text.title,
        "secrecy": say("secrecy"),
        "note": say("not_in_this_language") if language != spoken else "",
        "labels": {label: say(label) for label in _LABELS},
        "client": await desk.work.vault.open(client, "name"),
        "giver": await party_name(desk, giver) if giver else "",
        "capacity": say(f"capacity.{capacity}"),
        "purposes": [TEXTS.say(spoken, f"model.{model.code}.purpose.{purpose}") for purpose in model.consent_purposes],
        "answers": [say("answers.given"), say("answers.refused")],
        "recipients": [agency.name(spoken) for agency in await people.agencies(desk.work)],
        "kinds": [say(f"kind.{kind}") for kind in model.shareable_kinds],
        "parts": [{"heading": heading, "text": words} for heading, words in text.parts],
        "version": TEXTS.say(spoken, "consent_form.version", version=text.version, digest=text.digest[:16]),
    }


async def _capacity(desk: Desk, giver: UUID | None) -> str:
    if giver is None:
        return "self"
    judged = await newest_capacity(desk)
    return "legal_representative" if judged and judged.representative_id else "guardian"
