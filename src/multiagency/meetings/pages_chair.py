"""Pages of whoever leads a meeting: what is handled now, what comes next, and who leads."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.clock import now, to_helsinki
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings import reading_chair as reading
from multiagency.meetings import service
from multiagency.meetings import service_chair as chair
from multiagency.meetings import service_chair_notes as notes
from multiagency.meetings import service_states as states
from multiagency.meetings.forms import ChairForm, ChairNoteForm, ObserverForm, PressForm
from multiagency.meetings.models import Meeting
from multiagency.meetings.reading_running import times, until
from multiagency.meetings.service_attendance import let_observe
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.etags import filled_with
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.live import follow
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])


@router.get("/meetings/{meeting}/chair")
async def get_chair(request: Request, meeting: str, work: Annotated[Work, door(Act.CHAIR_MEETING)]) -> Response:
    """Show what is handled now, who is there, and what comes; without a seat there, no name."""
    return await _chair(request, work, meeting)


@router.post("/meetings/{meeting}/chair")
async def post_chair(request: Request, meeting: str, work: Annotated[Work, door(Act.CHAIR_MEETING)]) -> Response:
    """Go on: begin, next, more minutes, stop, or one step back."""
    led = await chair.led(work, meeting)

    async def press(form: PressForm) -> None:
        await chair.press(work, led.meeting, form)

    _, errors = await take(request, PressForm, press)
    return await _chair(request, work, meeting, errors) if errors else see(chair.chair_place(led.meeting), Done.PRESSED)


@router.get("/meetings/{meeting}/chair/events", response_model=None)
async def get_events(
    request: Request,
    meeting: str,
    work: Annotated[Work, door(Act.CHAIR_MEETING)],
    known: Annotated[str, Query(max_length=32)] = "",
) -> Response:
    """Say whenever the page is no longer what it was; an event has no content."""
    led = await chair.led(work, meeting)
    minutes = await chair.minutes_each(work, led.meeting)
    wanted = led.meeting.id

    async def look(asking: Work) -> str | None:
        return await chair.mark(asking, wanted, minutes)

    work.record(Mode.READ)
    return await follow(request, work, known, look)


@router.get("/meetings/{meeting}/screen")
async def get_screen(request: Request, meeting: str, work: Annotated[Work, door(Act.CHAIR_MEETING)]) -> Response:
    """Show what everybody in the room may see: the clock and the times, no client's name."""
    led = await chair.led(work, meeting)
    work.record(Mode.READ)
    return page(request, "chair_screen.html", path=_path(led.meeting), meeting=led.meeting, **await _clock(work, led))


@router.post("/meetings/{meeting}/cases/{reference}/note")
async def post_note(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.CHAIR_MEETING)]
) -> Response:
    """Save what was noted about the case that one leads."""
    led = await chair.led(work, meeting)

    async def note(form: ChairNoteForm) -> None:
        await notes.save_note(led, reference, form)

    filled, errors = await take(request, ChairNoteForm, note)
    if errors:
        return await _chair(request, work, meeting, errors, filled)
    return see(chair.chair_place(led.meeting), Done.SAVED)


@router.post("/meetings/{meeting}/cases/{reference}/observers")
async def post_observer(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RUN_MEETING)]
) -> Response:
    """Say that whoever has a seat there only listens, or takes part after all."""
    found = await service.find(work, meeting)

    async def observe(form: ObserverForm) -> None:
        await let_observe(work, found, reference, form)

    _, errors = await take(request, ObserverForm, observe)
    return (
        await _chair(request, work, meeting, errors) if errors else see(f"/meetings/{meeting}/cases/{reference}/seats")
    )


@router.get("/meetings/{meeting}/chairing")
async def get_naming(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Ask who leads the meeting; say what that shows them, and what it does not."""
    return await _naming(request, work, meeting)


@router.post("/meetings/{meeting}/chairing")
async def post_naming(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Name who leads the meeting."""
    found = await service.find(work, meeting)

    async def name(form: ChairForm) -> None:
        await chair.name_chair(work, found, form)

    filled, errors = await take(request, ChairForm, name)
    if errors:
        return await _naming(request, work, meeting, errors, filled)
    return see(f"/meetings/{meeting}", Done.SAVED)


async def _naming(
    request: Request, work: Work, wanted: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    meeting = await service.find(work, wanted)
    work.record(Mode.READ)
    return page(
        request,
        "chair_naming.html",
        422 if errors else 200,
        errors=errors,
        filled=filled or {"post": str(meeting.chair_id or "")},
        meeting=meeting,
        path=f"/meetings/{meeting.reference}/chairing",
        changeable=not states.is_over(meeting) and meeting.run_at is None and meeting.starts_at > now(),
        people=people.choices(language_of(request), await chair.may_chair(work)),
    )


def _path(meeting: Meeting) -> str:
    return f"/meetings/{meeting.reference}"


async def _clock(work: Work, led: chair.Led) -> dict[str, Any]:
    turns, each = await chair.run_sheet(work, led.meeting), await chair.minutes_each(work, led.meeting)
    reckoned = times(led.meeting.starts_at, turns, each, now(), running=led.meeting.run_at is not None)
    found = reckoned.now
    ends = until(found, each) if found else None
    return {
        "times": reckoned,
        "total": len(turns),
        "until": ends,
        "moment_now": now(),
        "known": await chair.mark(work, led.meeting.id, each) or "",
        "clock": _on_the_clock,
    }


def _on_the_clock(moment: datetime) -> str:
    """Return hours and minutes in Finland, as a meeting speaks of them."""
    local = to_helsinki(moment)
    return f"{local.hour}.{local.minute:02}"


async def _chair(
    request: Request, work: Work, wanted: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    led = await chair.led(work, wanted)
    view = await reading.run_view(work, led, language_of(request))
    here = view.now
    place = here.place if here and (here.mine or led.coordinates) else None
    note = await notes.saved_note(led, *place) if place else None
    return page(
        request,
        "chair.html",
        422 if errors else 200,
        errors=errors,
        filled=filled if filled is not None else (filled_with(work, note) if note else {}),
        path=_path(led.meeting),
        meeting=led.meeting,
        view=view,
        led=led,
        open=led.meeting.state == "open" and not states.is_over(led.meeting),
        may_note=here is not None and (here.mine or led.coordinates),
        may_assign=here is not None and here.desk is not None and await reading.has_a_plan(here.desk),
        moment_now=now(),
        known=await chair.mark(work, led.meeting.id, view.each) or "",
        clock=_on_the_clock,
        others=await notes.for_minutes(*place, own=False) if place else (),
    )
