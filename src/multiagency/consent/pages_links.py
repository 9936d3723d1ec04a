"""Pages: the cases of one person that are linked, and going on in another model of work."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.consent import service_going_on as going_on
from multiagency.consent import service_links as linking
from multiagency.consent.forms_links import GoOnForm, LinkEndForm, LinkForm
from multiagency.consent.reading_links import links
from multiagency.kernel.access import Act
from multiagency.pathways.service import pathway
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/cases/{reference}")

_Linking = Annotated[Desk, case_door(Act.LINK_CASES, others=True)]
_GoingOn = Annotated[Desk, case_door(Act.GO_ON)]


@router.get("/links")
async def get_links(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE, others=True)]) -> Response:
    """Show the linked cases that are in sight too, and how to link another to whoever may."""
    return await _links(request, desk, {})


@router.post("/links")
async def post_link(request: Request, desk: _Linking) -> Response:
    """Link this case to another."""
    filled, errors = await take(request, LinkForm, partial(linking.link, desk))
    return await _links(request, desk, filled, errors) if errors else _back(desk)


@router.post("/links/ending")
async def post_ending(request: Request, desk: _Linking) -> Response:
    """End one link, or all."""
    filled, errors = await take(request, LinkEndForm, partial(linking.end, desk))
    return await _links(request, desk, filled, errors) if errors else _back(desk)


def _back(desk: Desk) -> Response:
    return see(f"/cases/{desk.case.reference}/links", Done.SAVED)


async def _links(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    return page(
        request,
        "links.html",
        422 if errors else 200,
        reference=desk.case.reference,
        links=await links(desk),
        may_link=desk.may(Act.LINK_CASES),
        over=desk.is_over,
        filled=filled,
        errors=errors,
    )


@router.get("/going-on")
async def get_going_on(request: Request, desk: _GoingOn, team: str = "") -> Response:
    """Ask in which team's model the person's matter goes on; then say what goes along, and ask the rest."""
    return await _going_on(request, desk, {"team": team})


@router.post("/going-on")
async def post_going_on(request: Request, desk: _GoingOn) -> Response:
    """Open the new case, and go to it."""
    opened: list[Desk] = []

    async def go(form: GoOnForm) -> None:
        opened.append(await going_on.go_on(desk, form))

    filled, errors = await take(request, GoOnForm, go, ("reasons",))
    if errors:
        return await _going_on(request, desk, filled, errors)
    if "colleague" in filled:
        return see(f"/cases/{desk.case.reference}", Done.HANDED_OVER)
    return see(f"/cases/{opened[0].case.reference}")


async def _going_on(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    reference, teams = desk.case.reference, await going_on.teams_of_other_models(desk)
    chosen = next((team for team in teams if str(team.id) == filled.get("team")), None)
    if chosen is None:
        return page(request, "going_on_team.html", 422 if errors else 200, reference=reference, teams=teams)
    model = pathway(chosen.pathway)
    along = await going_on.what_goes_along(desk, model)
    return page(
        request,
        "going_on.html",
        422 if errors else 200,
        reference=reference,
        team=chosen,
        model=model,
        along=along,
        linkable=await going_on.may_be_linked(desk, along),
        colleagues=people.choices(language_of(request), await going_on.colleagues_who_open(desk)),
        filled=filled,
        errors=errors,
    )
