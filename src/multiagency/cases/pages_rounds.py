"""Page: a new round of a case that has ended."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases import service_rounds as rounds
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.forms import RoundForm
from multiagency.cases.pages_filling import back_to, show
from multiagency.kernel.access import Act
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take

router = APIRouter(prefix="/cases/{reference}")

Beginning = Annotated[Desk, case_door(Act.BEGIN_AGAIN)]


@router.get("/new-round")
async def get_round(request: Request, desk: Beginning) -> Response:
    """Say what a new round is, and ask when and how the client wished for it."""
    return await _round(request, desk, {})


@router.post("/new-round")
async def post_round(request: Request, desk: Beginning) -> Response:
    """Begin it: the case is a draft again."""
    filled, errors = await take(request, RoundForm, partial(rounds.begin_again, desk))
    return await _round(request, desk, filled, errors) if errors else back_to(desk, Done.ROUND_BEGUN)


async def _round(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    return show(
        request,
        desk,
        "case_round.html",
        filled,
        errors,
        possible=await rounds.may_begin_again(desk),
        ended=rounds.ended_at(desk),
    )
