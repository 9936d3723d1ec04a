"""Pages: when one can meet, the calendar asked for one's busy times, and proposals of times for a team's meeting."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings import reading_slots as proposals
from multiagency.meetings import service
from multiagency.meetings import service_availability as availability
from multiagency.meetings.forms_availability import AvailabilityChoice, AvailabilityForm, BusySourceForm, SlotsForm
from multiagency.meetings.pages_rhythm import weekday_of
from multiagency.meetings.reading_offices import said
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])

_Telling = Annotated[Work, door(Act.TELL_AVAILABILITY)]
_Leading = Annotated[Work, door(Act.RUN_MEETING)]


@router.get("/availability")
async def get_availability(request: Request, work: _Telling) -> Response:
    """Show what one has said, and how one's calendar is asked."""
    return await _availability(request, work)


@router.post("/availability")
async def post_availability(request: Request, work: _Telling) -> Response:
    """Say that one can meet in a time, or cannot."""
    filled, errors = await take(request, AvailabilityForm, partial(availability.say, work))
    return await _availability(request, work, errors, filled) if errors else see("/availability")


@router.post("/availability/removal")
async def post_availability_removal(request: Request, work: _Telling) -> Response:
    """Take back what one has said of a time."""

    async def do(form: AvailabilityChoice) -> None:
        await availability.unsay(work, form.which)

    filled, errors = await take(request, AvailabilityChoice, do)
    return await _availability(request, work, errors, filled) if errors else see("/availability")


@router.post("/availability/calendar")
async def post_calendar(request: Request, work: _Telling) -> Response:
    """Let one's calendar be asked for busy times."""
    filled, errors = await take(request, BusySourceForm, partial(availability.set_source, work))
    return await _availability(request, work, errors, filled) if errors else see("/availability", Done.CALENDAR_SET)


@router.post("/availability/calendar/ending")
async def post_calendar_ending(work: _Telling) -> Response:
    """Let it be asked no more; what it said is forgotten."""
    await availability.end_source(work)
    return see("/availability")


async def _availability(request: Request, work: Work, errors: Errors = (), filled: Filled | None = None) -> Response:
    kept = {name: value for name, value in (filled or {}).items() if name not in {"address", "login", "password"}}
    values: dict[str, Any] = {"said": await availability.said(work), "source": await availability.source(work)}
    return page(request, "availability.html", 422 if errors else 200, errors=errors, filled=kept, **values)


@router.get("/meetings/slots")
async def get_slots(request: Request, work: _Leading) -> Response:
    """Ask for which team, from which day on and for how long times are proposed."""
    return await _slots(request, work)


@router.post("/meetings/slots")
async def post_slots(request: Request, work: _Leading) -> Response:
    """Propose times, best first."""
    found: list[proposals.ProposedTime] = []

    async def do(form: SlotsForm) -> None:
        found.extend(await proposals.slots(work, form))

    filled, errors = await take(request, SlotsForm, do)
    return await _slots(request, work, errors, filled, found)


async def _slots(
    request: Request,
    work: Work,
    errors: Errors = (),
    filled: Filled | None = None,
    found: list[proposals.ProposedTime] | None = None,
) -> Response:
    work.record(Mode.READ)
    teams = [(str(team.id), team.name) for team in await service.my_teams(work)]
    usual = {"team": teams[0][0]} if len(teams) == 1 else {}
    values: dict[str, Any] = {"teams": teams, "slots": found or [], "asked": found is not None and not errors}
    values |= {"filled": filled or usual | {"earliest": "08:00", "latest": "16:00"}, "errors": errors}
    values["weekday_of"] = weekday_of
    values["offices_said"] = partial(said, language_of(request))
    return page(request, "slots.html", 422 if errors else 200, **values)
