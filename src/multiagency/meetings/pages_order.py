"""The page that shows who is needed when, and lets the coordinator take an order in which people wait less."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.reading_names import names_of
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import service, service_order
from multiagency.meetings import service_states as states
from multiagency.meetings.forms import PlaceForm
from multiagency.meetings.forms_order import OrderForm
from multiagency.meetings.reading_order import order_of
from multiagency.meetings.service_agenda import change_place
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])


@router.get("/meetings/{meeting}/order")
async def get_order(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Show who is in the room when, who waits how long, and a better order."""
    return await _order(request, work, meeting)


@router.post("/meetings/{meeting}/order/whole")
async def post_whole_order(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Put all cases in the order that was chosen."""
    found = await service.find(work, meeting)
    _, errors = await take(request, OrderForm, partial(service_order.put_in_order, work, found), ("case", "saw"))
    return await _order(request, work, meeting, errors) if errors else see(f"/meetings/{meeting}/order", Done.ORDERED)


@router.post("/meetings/{meeting}/order/place")
async def post_place(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Move a case up or down by one place and see at once what that costs."""
    found = await service.find(work, meeting)
    _, errors = await take(request, PlaceForm, partial(change_place, work, found))
    return await _order(request, work, meeting, errors) if errors else see(f"/meetings/{meeting}/order")


async def _order(request: Request, work: Work, wanted: str, errors: Errors = ()) -> Response:
    meeting = await service.find(work, wanted)
    view = await order_of(work, meeting, language_of(request))
    return page(
        request,
        "meeting_order.html",
        422 if errors else 200,
        errors=errors,
        meeting=meeting,
        view=view,
        names=await names_of(work, [item.case for item in view.items]),
        over=states.is_over(meeting),
    )
