"""The page of one's calendar feed, and the feed itself, which a calendar program reads without signing in."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import service_feed as feeds
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.pages import page, see

router = APIRouter(tags=["pages"])
_HERE = "/invitations/calendar"


@router.get(_HERE)
async def get_feed(request: Request, work: Annotated[Work, door(Act.KEEP_FEED)]) -> Response:
    """Say whether one has a feed, and what stands in it."""
    return page(request, "feed.html", feed=await feeds.my_feed(work), address="")


@router.post(_HERE)
async def post_feed(request: Request, work: Annotated[Work, door(Act.KEEP_FEED)]) -> Response:
    """Switch it on, or give it a new address: shown in the body of this answer, and never again."""
    address = await feeds.switch_on(work)
    return page(request, "feed.html", feed=await feeds.my_feed(work), address=address)


@router.post(f"{_HERE}/off")
async def post_feed_off(work: Annotated[Work, door(Act.KEEP_FEED)]) -> Response:
    """Switch it off."""
    await feeds.switch_off(work)
    return see(_HERE, Done.SAVED)


@router.get("/calendar/{address}")
async def get_calendar(address: str, work: Annotated[Work, door(Act.FETCH_FEED)]) -> Response:
    """Give a calendar program the times of one person's meetings."""
    headers = {"Cache-Control": "private, no-store"}
    return Response(await feeds.read_feed(work, address), media_type="text/calendar; charset=utf-8", headers=headers)
