"""Pages: other names of the people in a case, and for the coordinator the earlier cases of the same people."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import NotVisible
from multiagency.matching import reading, service
from multiagency.matching.forms import AliasForm
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see

router = APIRouter(prefix="/cases/{reference}", tags=["pages"])
Reading = Annotated[Desk, case_door(Act.READ_CASE)]
Editing = Annotated[Desk, case_door(Act.EDIT_CASE)]


@router.get("/aliases")
async def get_aliases(request: Request, desk: Reading) -> Response:
    """Show the client's other names and birth dates, and the form for one who may add some."""
    if Kind.IDENTITY not in desk.kinds:
        raise NotVisible
    return await _aliases(request, desk, None, {})


@router.post("/aliases")
async def post_aliases(request: Request, desk: Editing) -> Response:
    """Record another name or birth date."""
    return await _add(request, desk, None)


@router.post("/aliases/{alias}/removal")
async def post_removal(desk: Editing, alias: UUID) -> Response:
    """Take back a name or birth date that was wrong."""
    await service.remove_alias(desk, alias)
    return see(_place(desk, None))


@router.get("/people/{party}/aliases")
async def get_party_aliases(request: Request, desk: Reading, party: UUID) -> Response:
    """Show the other names and birth dates of somebody else in the case."""
    return await _aliases(request, desk, (await reading.party_of(desk, party)).id, {})


@router.post("/people/{party}/aliases")
async def post_party_aliases(request: Request, desk: Editing, party: UUID) -> Response:
    """Record another name or birth date of theirs."""
    return await _add(request, desk, (await reading.party_of(desk, party)).id)


@router.post("/people/{party}/aliases/{alias}/removal")
async def post_party_removal(desk: Editing, party: UUID, alias: UUID) -> Response:
    """Take back one that was wrong."""
    await service.remove_alias(desk, alias, party)
    return see(_place(desk, party))


def _place(desk: Desk, party: UUID | None) -> str:
    return f"/cases/{desk.case.reference}" + (f"/people/{party}/aliases" if party else "/aliases")


async def _add(request: Request, desk: Desk, party: UUID | None) -> Response:
    filled, errors = await take(request, AliasForm, partial(service.add_alias, desk, party_id=party))
    return await _aliases(request, desk, party, filled, errors) if errors else see(_place(desk, party))


async def _aliases(request: Request, desk: Desk, party: UUID | None, filled: Filled, errors: Errors = ()) -> Response:
    return page(
        request,
        "aliases.html",
        422 if errors else 200,
        reference=desk.case.reference,
        here=_place(desk, party),
        of_party=party is not None,
        aliases=await reading.aliases(desk, party),
        editable=desk.may(Act.EDIT_CASE) and not desk.is_over,
        errors=errors,
        filled=filled,
    )


@router.get("/matches")
async def get_matches(request: Request, desk: Annotated[Desk, case_door(Act.SEE_MATCHES)]) -> Response:
    """Show the team's other cases in which the same people may be."""
    in_sight = Kind.IDENTITY in desk.kinds
    found = await reading.matches(desk)
    return page(request, "matches.html", reference=desk.case.reference, in_sight=in_sight, matches=found)
