"""Pages of the coordinator: the meetings, a new one, one meeting with its agenda, and sending the invitations."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.mail.outbox import REQUEST
from multiagency.meetings import pages_agenda as agenda_pages
from multiagency.meetings import pages_availability as availability_pages
from multiagency.meetings import pages_case as case_pages
from multiagency.meetings import pages_chair as chair_pages
from multiagency.meetings import pages_duty as duty_pages
from multiagency.meetings import pages_feed as feed_pages
from multiagency.meetings import pages_filling as filling_pages
from multiagency.meetings import pages_instructions as instruction_pages
from multiagency.meetings import pages_invitation as invitation_pages
from multiagency.meetings import pages_minutes as minutes_pages
from multiagency.meetings import pages_moving as moving_pages
from multiagency.meetings import pages_offices as office_pages
from multiagency.meetings import pages_order as order_pages
from multiagency.meetings import pages_recipients as recipient_pages
from multiagency.meetings import pages_research as research_pages
from multiagency.meetings import pages_resending as resending_pages
from multiagency.meetings import pages_rhythm as rhythm_pages
from multiagency.meetings import pages_rooms as room_pages
from multiagency.meetings import pages_team as team_pages
from multiagency.meetings import pages_urgent as urgent_pages
from multiagency.meetings import reading, service
from multiagency.meetings import service_states as states
from multiagency.meetings.forms import MeetingForm
from multiagency.meetings.models import Meeting
from multiagency.meetings.service_mailing import said
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.lists import Start
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS

router = APIRouter(tags=["pages"])
for _before in (rhythm_pages, availability_pages):  # before the pages of one meeting: "year" is no reference
    router.include_router(_before.router)


@router.get("/meetings")
async def get_meetings(request: Request, work: Annotated[Work, door(Act.RUN_MEETING)], start: Start = 0) -> Response:
    """List the meetings of one's teams: those that come, the next first, then those that are over, the last first."""
    found = await service.list_meetings(work, start)
    return page(
        request,
        "meetings.html",
        standing=states.standing,
        coming=[meeting for meeting in found.rows if not states.is_past(meeting)],
        past=[meeting for meeting in found.rows if states.is_past(meeting)],
        found=found,
    )


@router.get("/meetings/new")
async def get_new_meeting(request: Request, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Ask for team and time; the only team one has is chosen already."""
    return await _new_meeting(request, work, recorded=False)


@router.get("/meetings/afterwards")
async def get_recorded_meeting(request: Request, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Ask for team and time of a meeting that has been held."""
    return await _new_meeting(request, work, recorded=True)


async def _new_meeting(
    request: Request, work: Work, *, recorded: bool, errors: Errors = (), filled: Filled | None = None
) -> Response:
    teams = await _teams(work)
    chosen = {"team": teams[0][0]} if len(teams) == 1 else {}
    return page(
        request,
        "meeting_new.html",
        422 if errors else 200,
        errors=errors,
        filled=chosen if filled is None else filled,
        teams=teams,
        words="meetings.afterwards" if recorded else "meetings.new",
    )


@router.post("/meetings/new")
async def post_new_meeting(request: Request, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Call a meeting and go on to its page."""
    return await _call(request, work, recorded=False)


@router.post("/meetings/afterwards")
async def post_recorded_meeting(request: Request, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Enter a meeting that has been held, and go on to its page."""
    return await _call(request, work, recorded=True)


async def _call(request: Request, work: Work, *, recorded: bool) -> Response:
    called: list[Meeting] = []

    async def call(form: MeetingForm) -> None:
        called.append(await service.call(work, form.model_copy(update={"recorded": recorded})))

    filled, errors = await take(request, MeetingForm, call)
    if errors:
        return await _new_meeting(request, work, recorded=recorded, errors=errors, filled=filled)
    return see(f"/meetings/{called[0].reference}", None)


async def _teams(work: Work) -> list[tuple[str, str]]:
    work.record(Mode.READ)
    return [(str(team.id), team.name) for team in await service.my_teams(work)]


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
    language = language_of(request)
    view = await reading.agenda(work, meeting, language)
    values: dict[str, Any] = {"meeting": meeting, "invited": view.uninvited(), "errors": errors}
    values["said"] = said(
        work.tools.settings,
        (meeting.starts_at, meeting.ends_at),
        language,
        REQUEST,
        TEXTS.say(language, "opening.link"),
    )
    return page(request, "meeting_opening.html", 422 if errors else 200, **values)


for _pages in (
    agenda_pages,
    moving_pages,
    resending_pages,
    case_pages,
    chair_pages,
    filling_pages,
    minutes_pages,
    recipient_pages,
    instruction_pages,
    invitation_pages,
    room_pages,
    feed_pages,
    office_pages,
    urgent_pages,
    duty_pages,
    order_pages,
    research_pages,
    team_pages,
):
    router.include_router(_pages.router)
