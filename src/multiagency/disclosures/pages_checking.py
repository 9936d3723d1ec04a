"""What pages with an interruption share: what a form would do is shown, and only then it is done."""

from collections.abc import Sequence
from typing import Any

from fastapi import Request, Response

from multiagency.cases.desk import Desk
from multiagency.disclosures.paper_disclosure import line_label, line_value, recording_facts
from multiagency.disclosures.questions import Datum
from multiagency.disclosures.service import Prepared
from multiagency.web.forms import Taken
from multiagency.web.pages import page
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS

OUTSIDE = "outside"
_EXCERPT = 120


def interrupt(
    request: Request, desk: Desk, prepared: Prepared, taken: Taken[Any], *, action: str, back: str
) -> Response:
    """Show exactly what leaves, to whom and on which ground; confirming leads to `action`, changing it to `back`."""
    language = language_of(request)
    return page(
        request,
        "disclosure_check.html",
        reference=desk.case.reference,
        recipient=prepared.recipient.label(language),
        channel=prepared.recipient.channel,
        ground=prepared.ground,
        ground_text=prepared.ground.words(language),
        lines=[(line_label(language, line), line_value(language, line)) for line in prepared.content.lines],
        text=prepared.content.text,
        recording=recording_facts(language, prepared.recording),
        carried=taken.carried,
        action=action,
        back=back,
    )


def offered_choices(request: Request, offered: Sequence[Datum]) -> list[tuple[str, str]]:
    """Return the data as choices: what it is, whose, and how it begins."""
    language, choices = language_of(request), []
    for datum in offered:
        who, what = TEXTS.say(language, f"disclosed.who.{datum.who}"), TEXTS.say(language, datum.label)
        value = "" if datum.code == "contact.rules" else f" – {_excerpt(datum.value)}"
        choices.append((datum.code, f"{who}: {what}{value}"))
    return choices


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[:_EXCERPT].rstrip() + " …"


def as_choices(request: Request, prefix: str, values: Sequence[str]) -> list[tuple[str, str]]:
    """Return values with their words."""
    language = language_of(request)
    return [(str(value), TEXTS.say(language, f"{prefix}.{value}")) for value in values]
