"""Pages: a meeting gets another time, is cancelled, or was not held. Each says before it is done who is told what."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import reading, service
from multiagency.meetings import service_moving as moving
from multiagency.meetings import service_states as states
from multiagency.meetings.forms import EndingForm, MovingForm, Reason
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])

REASONS: tuple[str, ...] = get_args(Reason)
_TEMPLATES = {"time": "meeting_time.html"}
_WORDS = {"cancellation": "cancelling", "not-held": "missing_meeting"}


@router.get("/meetings/{meeting}/time")
async def get_time(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Ask for another time."""
    return await _page(request, work, meeting, "time")


@router.post("/meetings/{meeting}/time")
async def post_time(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Move the meeting and go back to its page."""
    return await _change(request, work, meeting, "time", MovingForm, moving.move_to, Done.MEETING_MOVED)


@router.get("/meetings/{meeting}/cancellation")
async def get_cancellation(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Say what ends and who is told when the meeting is cancelled."""
    return await _page(request, work, meeting, "cancellation")


@router.post("/meetings/{meeting}/cancellation")
async def post_cancellation(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Cancel the meeting."""
    return await _change(request, work, meeting, "cancellation", EndingForm, moving.cancel, Done.MEETING_CANCELLED)


@router.get("/meetings/{meeting}/not-held")
async def get_not_held(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Say what comes of the cases when the meeting was not held."""
    return await _page(request, work, meeting, "not-held")


@router.post("/meetings/{meeting}/not-held")
async def post_not_held(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Record that the meeting was not held."""
    return await _change(request, work, meeting, "not-held", EndingForm, moving.was_not_held, Done.MEETING_NOT_HELD)


async def _change(
    request: Request,
    work: Work,
    wanted: str,
    way: states.Way,
    form: type[EndingForm | MovingForm],
    change: Callable[..., Awaitable[None]],
    done: Done,
) -> Response:
    filled, errors = await take(request, form, partial(change, work, await service.find(work, wanted)))
    return await _page(request, work, wanted, way, errors, filled) if errors else see(f"/meetings/{wanted}", done)


async def _page(
    request: Request, work: Work, wanted: str, way: states.Way, errors: Errors = (), filled: Filled | None = None
) -> Response:
    meeting = await service.find(work, wanted)
    view = await reading.agenda(work, meeting, language_of(request))
    values: dict[str, Any] = {"errors": errors, "filled": filled or {}, "reasons": REASONS, "meeting": meeting}
    told = [invited for invited in view.invited if not invited.cancelled]
    values |= {"told": told, "cases": len([item for item in view.items if not item.discussed])}
    values["forbidden"] = states.what_forbids(meeting, way, written=await moving.has_minutes(work, meeting))
    values |= {"over": states.is_past(meeting), "words": _WORDS.get(way)}
    return page(request, _TEMPLATES.get(way, "meeting_ending.html"), 422 if errors else 200, **values)
