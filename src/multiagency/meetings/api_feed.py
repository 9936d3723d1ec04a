"""JSON: whether one has a calendar feed, its address when it is switched on, and its end."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import service_feed as feeds
from multiagency.web.door import door

router = APIRouter()


class FeedAnswer(BaseModel):
    """Since when the feed is on and when it was last read; nothing where it is off."""

    made_at: datetime | None
    fetched_at: datetime | None


class FeedAddress(BaseModel):
    """The private address, said this once."""

    address: str


@router.get("/calendar-feed")
async def get_feed(work: Annotated[Work, door(Act.KEEP_FEED)]) -> FeedAnswer:
    """Say whether one has a feed."""
    feed = await feeds.my_feed(work)
    return FeedAnswer(made_at=feed and feed.made_at, fetched_at=feed and feed.fetched_at)


@router.post("/calendar-feed", status_code=201)
async def post_feed(work: Annotated[Work, door(Act.KEEP_FEED)]) -> FeedAddress:
    """Switch it on, or give it a new address in the place of the old one."""
    return FeedAddress(address=await feeds.switch_on(work))


@router.post("/calendar-feed/ending", status_code=204)
async def post_ending(work: Annotated[Work, door(Act.KEEP_FEED)]) -> None:
    """Switch it off."""
    await feeds.switch_off(work)
