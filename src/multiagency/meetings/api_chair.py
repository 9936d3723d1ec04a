"""JSON: who leads a meeting, how far it is, what is pressed, and what is sent instead of coming."""

from typing import Annotated, Any

from fastapi import APIRouter

from multiagency.kernel.access import Act
from multiagency.kernel.clock import now
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings import service
from multiagency.meetings import service_chair as chair
from multiagency.meetings.forms import ChairForm, InsteadSentForm, PressForm
from multiagency.meetings.reading_running import times
from multiagency.meetings.service_attendance import send_instead
from multiagency.meetings.service_invitations import by_address
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(route_class=BodyRoute)


@router.put("/meetings/{meeting}/chair", status_code=204)
async def put_chair(meeting: str, form: ChairForm, work: Annotated[Work, door(Act.RUN_MEETING)]) -> None:
    """Name who leads the meeting: it gives them no sight of any case."""
    await chair.name_chair(work, await service.find(work, meeting), form)


@router.get("/meetings/{meeting}/run")
async def get_run(meeting: str, work: Annotated[Work, door(Act.CHAIR_MEETING)]) -> dict[str, Any]:
    """Read how far the meeting is: times and places on the agenda, and no case."""
    led = await chair.led(work, meeting)
    work.record(Mode.READ)
    turns, each = await chair.run_sheet(work, led.meeting), await chair.minutes_each(work, led.meeting)
    found = times(led.meeting.starts_at, turns, each, now(), running=led.meeting.run_at is not None)
    items = [
        {
            "place": slot.turn.place,
            "begun_at": slot.turn.begun_at,
            "handled_at": slot.turn.handled_at,
            "planned_at": slot.planned[0],
            "expected_at": slot.expected[0],
            "led_by": "chair" if slot.turn.by_chair else "coordinator",
        }
        for slot in found.slots
    ]
    return {"turn": led.meeting.turn, "late": found.late, "ends_at": found.ends, "items": items}


@router.post("/meetings/{meeting}/run", status_code=204)
async def post_run(meeting: str, form: PressForm, work: Annotated[Work, door(Act.CHAIR_MEETING)]) -> None:
    """Press begin, next, more, pause or back; 409 where somebody pressed since that turn."""
    await chair.press(work, (await chair.led(work, meeting)).meeting, form)


@router.post("/invitations/{address}/cases/{reference}/instead", status_code=204)
async def post_instead(
    address: str, reference: str, form: InsteadSentForm, work: Annotated[Work, door(Act.ANSWER_INVITATION)]
) -> None:
    """Say that one cannot come to a case, and tell its table what one's agency knows."""
    await send_instead(work, await by_address(work, address), reference, form)
