"""JSON: the stages of a case and the way on."""

from typing import Annotated, Any

from fastapi import APIRouter, Request

from multiagency.cases import service_moving as moving
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.forms import MoveForm
from multiagency.cases.reading_moves import history
from multiagency.kernel.access import Act
from multiagency.web.entering import BodyRoute
from multiagency.web.speaking import language_of, sentences

router = APIRouter(prefix="/{reference}/moves", route_class=BodyRoute)

_Moving = Annotated[Desk, case_door(Act.MOVE_CASE)]


@router.get("")
async def get_moves(request: Request, desk: _Moving) -> dict[str, Any]:
    """Read where the case has been, and where it may go with what each way still wants."""
    language = language_of(request)
    ways = [
        {"to": way.to, "deviates": way.deviates, "missing": sentences(language, way.missing)}
        for way in await moving.views(desk)
    ]
    return {"stage": desk.case.stage, "ways": ways, "history": await history(desk)}


@router.post("", status_code=204)
async def post_move(form: MoveForm, desk: _Moving) -> None:
    """Move the case on."""
    await moving.send(desk, form)
