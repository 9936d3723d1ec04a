"""Pages: the client's other names, and for the coordinator the earlier cases of the same people."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import NotVisible
from multiagency.matching import service
from multiagency.matching.forms import AliasForm
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see

router = APIRouter(prefix="/cases/{reference}", tags=["pages"])


@router.get("/aliases")
async def get_aliases(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> Response:
    """Show the client's other names and birth dates, and the form for one who may add some."""
    if Kind.IDENTITY not in desk.kinds:
        raise NotVisible
    return await _aliases(request, desk, {})


@router.post("/aliases")
async def post_aliases(request: Request, desk: Annotated[Desk, case_door(Act.EDIT_CASE)]) -> Response:
    """Record another name or birth date."""
    filled, errors = await take(request, AliasForm, partial(service.add_alias, desk))
    return await _aliases(request, desk, filled, errors) if errors else see(f"/cases/{desk.case.reference}/aliases")


@router.post("/aliases/{alias}/removal")
async def post_removal(desk: Annotated[Desk, case_door(Act.EDIT_CASE)], alias: UUID) -> Response:
    """Take back a name or birth date that was wrong."""
    await service.remove_alias(desk, alias)
    return see(f"/cases/{desk.case.reference}/aliases")


async def _aliases(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    return page(
        request,
        "aliases.html",
        422 if errors else 200,
        reference=desk.case.reference,
        aliases=await service.aliases(desk),
        editable=desk.may(Act.EDIT_CASE) and desk.case.stage not in service.OVER,
        errors=errors,
        filled=filled,
    )


@router.get("/matches")
async def get_matches(request: Request, desk: Annotated[Desk, case_door(Act.SEE_MATCHES)]) -> Response:
    """Show the team's other cases in which the same people may be."""
    in_sight = Kind.IDENTITY in desk.kinds
    found = await service.matches(desk)
    return page(request, "matches.html", reference=desk.case.reference, in_sight=in_sight, matches=found)
