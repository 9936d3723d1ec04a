"""Pages that hand a case on: asking a colleague for their part, and where what is missing is filled in."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.cases import service
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.forms import ContributorForm
from multiagency.cases.pages_filling import back_to, show
from multiagency.cases.reading_contributors import asked, may_be_asked
from multiagency.kernel.access import Act
from multiagency.people import reading as people
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/cases/{reference}")

Asking = Annotated[Desk, case_door(Act.ASK_FOR_PART)]

_WHERE = {
    "client": "client",
    "first_offence": "findings",
    "decision": "findings",
    "attendance": "attendance",
    "post": "taking-over",
    "parties": "people",
    "bars": "bars",
    "consent": "consent",
    "child_welfare": "child-welfare",
    "guardians": "guardians",
    "answers": "checklist#answer-{item}",
    "judged_high": "checklist#judged_high",
}
"""On which page of the case a missing field is filled in; what is not here is filled in on the page of the case."""


@router.get("/colleague")
async def get_colleague(request: Request, desk: Asking) -> Response:
    """Ask which colleague should write their agency's part."""
    service.must_be_draft(desk)
    return await _ask(request, desk, {})


@router.post("/colleague")
async def post_colleague(request: Request, desk: Asking) -> Response:
    """Let that colleague see what the consent allows, and write their part."""
    filled, errors = await take(request, ContributorForm, partial(service.ask_for_part, desk))
    return await _ask(request, desk, filled, errors) if errors else back_to(desk)


async def _ask(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    language = language_of(request)
    choices = people.choices(language, await may_be_asked(desk))
    already = [(who.colleague.label, who.colleague.agency.name(language)) for who in await asked(desk)]
    return show(request, desk, "case_colleague.html", filled, errors, colleagues=choices, asked=already)


def places_of(wanting: Errors) -> list[dict[str, Any]]:
    """Return one line per page and sentence, with how often it holds there and where it is mended."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for error in wanting:
        field, _, item = error["field"].partition(".")
        line = found.setdefault(
            (field, error["message"]),
            {"message": error["message"], "place": _WHERE.get(field, "").format(item=item), "times": 0},
        )
        line["times"] += 1
    return list(found.values())
