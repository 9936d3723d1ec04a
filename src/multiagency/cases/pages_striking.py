"""Page: somebody in the case who was recorded by mistake."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases import service_striking as striking
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.forms import MistakeForm
from multiagency.cases.pages_filling import back_to, show
from multiagency.kernel.access import Act
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take

router = APIRouter(prefix="/cases/{reference}")

_Editing = Annotated[Desk, case_door(Act.EDIT_CASE)]


@router.get("/people/{party}/removal")
async def get_removal(request: Request, desk: _Editing, party: UUID) -> Response:
    """Say what goes with them, and ask why they do not belong in the case."""
    return await _removal(request, desk, party, {})


@router.post("/people/{party}/removal")
async def post_removal(request: Request, desk: _Editing, party: UUID) -> Response:
    """Strike them."""
    filled, errors = await take(request, MistakeForm, partial(striking.strike, desk, party))
    return await _removal(request, desk, party, filled, errors) if errors else back_to(desk, Done.STRUCK)


async def _removal(request: Request, desk: Desk, party: UUID, filled: Filled, errors: Errors = ()) -> Response:
    row = await striking.may_be_struck(desk, party)
    name = await desk.work.vault.open(row, "name")
    return show(request, desk, "case_person_removal.html", filled, errors, role=row.role, name=name)
