"""Pages that hand a case on: asking a colleague for their part, submitting to the team."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.cases import service
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.forms import ContributorForm
from multiagency.cases.pages_filling import back_to, show
from multiagency.cases.reading import read_case
from multiagency.cases.reading_contributors import asked, may_be_asked
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Invalid
from multiagency.people import reading as people
from multiagency.people.models import Agency
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import attempt, page, said
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/cases/{reference}")

Asking = Annotated[Desk, case_door(Act.ASK_FOR_PART)]
Submitting = Annotated[Desk, case_door(Act.SUBMIT_CASE)]

_WHERE = {
    "client": "client",
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


@router.get("/submit")
async def get_submit(request: Request, desk: Submitting) -> Response:
    """Say what submitting does, and what is still missing."""
    service.must_be_draft(desk)
    return await _check(request, desk)


@router.post("/submit")
async def post_submit(request: Request, desk: Submitting) -> Response:
    """Hand the case to the team."""
    service.must_be_draft(desk)
    errors = await attempt(request, service.submit(desk))
    return await _check(request, desk, errors) if errors else back_to(desk, Done.SUBMITTED)


async def _check(request: Request, desk: Desk, errors: Errors = ()) -> Response:
    wanting = said(request, Invalid(*await service.missing(desk, "submitted")))
    view = await read_case(desk)
    team = await people.team_with(desk.work, desk.case.team_id)
    convener = await desk.work.session.get_one(Agency, team.convener_id)
    own = desk.work.actor.agency_id
    empty = {
        "safe-contact": view.contact is None and not view.masked,
        "people/new?role=child": not any(party.role == "child" for party in view.parties),
        "part": all(part.agency.id != own for part in view.parts),
    }
    return page(
        request,
        "case_submit.html",
        422 if errors else 200,
        reference=desk.case.reference,
        errors=errors,
        conflicts=[error["message"] for error in errors if not error["field"]],
        missing=_places(wanting),
        empty=[place for place, is_empty in empty.items() if is_empty],
        team=team.name,
        convener=convener.name(language_of(request)),
    )


def _places(wanting: Errors) -> list[dict[str, Any]]:
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
