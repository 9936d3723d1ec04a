"""Page: the stages of a case, when it came into each, and the way on."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases import service_moving as moving
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.forms import MoveForm
from multiagency.cases.pages_filling import back_to, show
from multiagency.cases.reading_moves import history
from multiagency.kernel.access import Act
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take

router = APIRouter(prefix="/cases/{reference}")

Moving = Annotated[Desk, case_door(Act.MOVE_CASE)]


@router.get("/moves")
async def get_moves(request: Request, desk: Moving) -> Response:
    """Show where the case has been, and ask where it goes."""
    return await _moves(request, desk, {})


@router.post("/moves")
async def post_move(request: Request, desk: Moving) -> Response:
    """Move it."""
    filled, errors = await take(request, MoveForm, partial(moving.send, desk))
    return await _moves(request, desk, filled, errors) if errors else back_to(desk, Done.MOVED)


async def _moves(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    return show(
        request,
        desk,
        "case_moves.html",
        filled,
        errors,
        words=f"model.{desk.case.pathway}",
        stage=desk.case.stage,
        ways=await moving.views(desk),
        history=await history(desk),
    )
