"""What pages with an interruption share: a form is read, what it would do is shown, and only then it is done."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel
from starlette.datastructures import FormData

from multiagency.cases.desk import Desk
from multiagency.cases.taking import Errors, Filled, typed, without_empty
from multiagency.disclosures.documents_pdf import line_label, line_value
from multiagency.disclosures.events import Datum
from multiagency.disclosures.service import Prepared
from multiagency.web.pages import attempt, fill, page
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS

FormT = TypeVar("FormT", bound=BaseModel)
DoneT = TypeVar("DoneT")
OUTSIDE = "outside"
_NOT_CARRIED = frozenset({"csrf", "confirmed"})
_EXCERPT = 120


@dataclass(slots=True)
class Taken(Generic[DoneT]):
    """A form that was read: what was typed, what is wrong, what came of it, and what to carry on to the next page."""

    filled: Filled
    errors: Errors
    done: DoneT | None
    carried: list[tuple[str, str]]


async def take_checked(
    request: Request,
    form: type[FormT],
    doing: Callable[[FormT], Awaitable[DoneT]],
    lists: Sequence[str],
    read: Callable[[FormData], FormData] = without_empty,
) -> Taken[DoneT]:
    """Read a form and do something with it in a savepoint; `read` turns what the page sends into fields."""
    data = await request.form()
    done: list[DoneT] = []

    async def do() -> None:
        done.append(await doing(fill(form, read(data), lists)))

    errors = await attempt(request, do())
    carried = [(name, str(value)) for name, value in data.multi_items() if name not in _NOT_CARRIED]
    return Taken(typed(data, lists), errors, done[0] if done else None, carried)


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
