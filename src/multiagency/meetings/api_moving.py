"""JSON: a meeting gets another time, is cancelled, or was not held."""

from typing import Annotated

from fastapi import APIRouter

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import service
from multiagency.meetings import service_moving as moving
from multiagency.meetings.forms import EndingForm, MovingForm
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(route_class=BodyRoute)


@router.post("/meetings/{meeting}/time", status_code=204)
async def post_time(meeting: str, form: MovingForm, work: Annotated[Work, door(Act.RUN_MEETING)]) -> None:
    """Move a meeting: everybody invited is told the new time and asked again."""
    await moving.move_to(work, await service.find(work, meeting), form)


@router.post("/meetings/{meeting}/cancellation", status_code=204)
async def post_cancellation(meeting: str, form: EndingForm, work: Annotated[Work, door(Act.RUN_MEETING)]) -> None:
    """Cancel a meeting for good: everybody invited is told, its cases wait for another."""
    await moving.cancel(work, await service.find(work, meeting), form)


@router.post("/meetings/{meeting}/not-held", status_code=204)
async def post_not_held(meeting: str, form: EndingForm, work: Annotated[Work, door(Act.RUN_MEETING)]) -> None:
    """Record that a meeting was not held; its cases wait for another."""
    await moving.was_not_held(work, await service.find(work, meeting), form)
