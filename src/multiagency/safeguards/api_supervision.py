"""JSON: what waits for the people of an agency, handing it on, and deputies."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.safeguards import reading_supervision as reading
from multiagency.safeguards import service_deputies as deputies
from multiagency.safeguards import service_supervision as supervision
from multiagency.safeguards.forms import DeputyForm, HandOnForm
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute
from multiagency.web.lists import Start

router = APIRouter(prefix="/api/v1/supervision", tags=["safeguards"], route_class=BodyRoute)

_Seeing = Annotated[Work, door(Act.SEE_SUPERVISION)]


@router.get("")
async def get_supervision(work: _Seeing, start: Start = 0) -> dict[str, Any]:
    """List what waits for people of one's agency, or of one's team where the holder has left: no content."""
    waiting = await reading.waiting(work, start)
    fields = ("what", "reference", "stage", "item", "due_on", "name", "title", "is_over", "mine")
    found = [{"holder": row.holder_id, **{name: getattr(row, name) for name in fields}} for row in waiting.rows]
    return {"work": found, "more": waiting.more}


@router.post("/handing-on", status_code=204)
async def post_handing_on(form: HandOnForm, work: Annotated[Work, door(Act.HAND_WORK_ON)]) -> None:
    """Hand one piece of work on to another post of the same agency."""
    await supervision.hand_on(work, form)


@router.get("/deputies")
async def get_deputies(work: _Seeing) -> list[dict[str, Any]]:
    """List who stands in for whom in one's agency."""
    fields = ("id", "post_id", "deputy_id", "reason", "valid_from", "valid_to")
    found = await deputies.deputies(work)
    names = [{"away": view.away, "stands_in": view.stands_in} for view in found]
    rows = [{name: getattr(view.deputy, name) for name in fields} for view in found]
    return [row | about for row, about in zip(rows, names, strict=True)]


@router.post("/deputies", status_code=201)
async def post_deputy(form: DeputyForm, work: Annotated[Work, door(Act.NAME_DEPUTY)]) -> dict[str, Any]:
    """Name a deputy for a period."""
    return {"id": await deputies.name(work, form)}


@router.post("/deputies/{deputy}/ending", status_code=204)
async def post_end_deputy(deputy: UUID, work: Annotated[Work, door(Act.END_DEPUTY)]) -> None:
    """End the period now; whoever was away may do it too."""
    await deputies.end(work, deputy)
