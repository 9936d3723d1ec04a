"""Pages of the coordinator: the meetings, a new one, one meeting with its agenda, and sending the invitations."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.clock import now
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings import (
    pages_case as case_pages,
)
from multiagency.meetings import (
    pages_invitation as invitation_pages,
)
from multiagency.meetings import (
    reading,
    service,
)
from multiagency.meetings.forms import AgendaForm, MeetingForm
from multiagency.meetings.models import Meeting
from multiagency.meetings.reading import AgendaView
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, take
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])

_PAST_SHOWN = 30
"""How many meetings that are over stand in the list; the page stays small on a bad line."""


@router.get("/meetings")
async def get_meetings(request: Request, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """List the meetings of one's teams, the next first."""
    meetings, moment = await service.list_meetings(work), now()
    past = [meeting for meeting in meetings if meeting.ends_at <= moment]
    return page(
        request,
        "meetings.html",
        coming=[meeting for meeting in meetings if meeting.ends_at > moment],
        past=past[::-1][:_PAST_SHOWN],
        shown=_PAST_SHOWN if len(past) > _PAST_SHOWN else None,
    )


@router.get("/meetings/new")
async def get_new_meeting(request: Request, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Ask for team and time; the only team one has is chosen already."""
    teams = await _teams(work)
    return page(request, "meeting_new.html", teams=teams, filled={"team": teams[0][0]} if len(teams) == 1 else {})


@router.post("/meetings/new")
async def post_new_meeting(request: Request, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Call a meeting and go on to its page."""
    called: list[Meeting] = []

    async def call(form: MeetingForm) -> None:
        called.append(await service.call(work, form))

    filled, errors = await take(request, MeetingForm, call)
    if errors:
        return page(request, "meeting_new.html", 422, errors=errors, filled=filled, teams=await _teams(work))
    return see(f"/meetings/{called[0].reference}", None)


async def _teams(work: Work) -> list[tuple[str, str]]:
    work.record(Mode.READ)
    return [(str(team.id), team.name) for team in await service.my_teams(work)]


@router.get("/meetings/{meeting}")
async def get_meeting(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Show agenda, seats, the queue, and how the invitations stand."""
    return await _meeting(request, work, meeting)


@router.post("/meetings/{meeting}/agenda")
async def post_agenda(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Put a case on the agenda and go on to choose who takes part."""
    found = await service.find(work, meeting)
    placed: list[str] = []

    async def place(form: AgendaForm) -> None:
        await service.place_on_agenda(work, found, form)
        placed.append(form.case)

    _, errors = await take(request, AgendaForm, place)
    if errors:
        return await _meeting(request, work, meeting, errors)
    return see(f"/meetings/{meeting}/cases/{placed[0]}/seats")


async def _meeting(request: Request, work: Work, wanted: str, errors: Errors = ()) -> Response:
    meeting = await service.find(work, wanted)
    view = await reading.agenda(work, meeting, language_of(request))
    waiting = [case.reference for case in await reading.waiting(work, meeting)]
    return page(
        request,
        "meeting.html",
        422 if errors else 200,
        errors=errors,
        path=f"/meetings/{meeting.reference}",
        meeting=meeting,
        view=view,
        waiting=waiting,
        over=meeting.ends_at <= now(),
        step=_next_step(meeting, view, waiting),
    )


def _next_step(meeting: Meeting, view: AgendaView, waiting: list[str]) -> str:
    """Name the one thing that the coordinator should do next."""
    if view.uninvited() and meeting.ends_at > now():
        return "invite"
    if any(not item.seats for item in view.items) and meeting.ends_at > now():
        return "choose"
    if not view.items and meeting.ends_at > now():
        return "place" if waiting else "wait"
    if any(item.stage == "on_agenda" for item in view.items) and meeting.state == "open":
        return "record"
    return "nothing"


@router.get("/meetings/{meeting}/opening")
async def get_opening(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Say, before anything is sent, who gets an invitation and what stands in it."""
    return await _opening(request, work, meeting)


@router.post("/meetings/{meeting}/opening")
async def post_opening(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Open the meeting: everybody seated is invited."""
    errors = await attempt(request, service.open_meeting(work, await service.find(work, meeting)))
    return await _opening(request, work, meeting, errors) if errors else see(f"/meetings/{meeting}", Done.INVITED)


async def _opening(request: Request, work: Work, wanted: str, errors: Errors = ()) -> Response:
    meeting = await service.find(work, wanted)
    view = await reading.agenda(work, meeting, language_of(request))
    values: dict[str, Any] = {"meeting": meeting, "invited": view.uninvited(), "errors": errors}
    return page(request, "meeting_opening.html", 422 if errors else 200, **values)


router.include_router(case_pages.router)
router.include_router(invitation_pages.router)
