"""Pages of meetings of a team's own, for its members: list, make, one with agenda and answers, open, memo."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Role
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.work import Work
from multiagency.meetings import reading_team as reading
from multiagency.meetings import service, service_team
from multiagency.meetings import service_states as states
from multiagency.meetings.forms_team import (
    TeamMeetingForm,
    TeamMemoForm,
    TeamMemoVersion,
    TeamPointChoice,
    TeamPointForm,
)
from multiagency.meetings.models import Meeting
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.lists import Start
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])

_Leading = Annotated[Work, door(Act.RUN_MEETING)]
_Reading = Annotated[Work, door(Act.READ_TEAM_MEETING)]
_Writing = Annotated[Work, door(Act.WRITE_TEAM_MEMO)]


@router.get("/team-meetings")
async def get_team_meetings(request: Request, work: _Reading, start: Start = 0) -> Response:
    """List the meetings of one's teams' own."""
    found = await reading.list_team_meetings(work, start)
    leads = work.actor.role is Role.COORDINATOR
    return page(request, "team_meetings.html", found=found, standing=states.standing, leads=leads)


@router.get("/team-meetings/new")
async def get_new_team_meeting(request: Request, work: _Leading) -> Response:
    """Ask what the meeting is about, when and where it is, who is asked and who writes its memo."""
    return await _new(request, work)


@router.post("/team-meetings/new")
async def post_new_team_meeting(request: Request, work: _Leading) -> Response:
    """Prepare it as a draft."""
    made: list[Meeting] = []

    async def do(form: TeamMeetingForm) -> None:
        made.append(await service_team.call_team(work, form))

    filled, errors = await take(request, TeamMeetingForm, do, ["post"])
    return await _new(request, work, errors, filled) if errors else see(f"/team-meetings/{made[0].reference}", None)


async def _new(request: Request, work: Work, errors: Errors = (), filled: Filled | None = None) -> Response:
    teams = await service.my_teams(work)
    asked = people.choices(language_of(request), await service_team.members(work, [team.id for team in teams]))
    values: dict[str, Any] = {"teams": [(str(team.id), team.name) for team in teams], "members": asked}
    if filled is None:
        filled = {"post": [post for post, _ in asked]} | ({"team": str(teams[0].id)} if len(teams) == 1 else {})
    return page(request, "team_meeting_new.html", 422 if errors else 200, errors=errors, filled=filled, **values)


@router.get("/team-meetings/{team_meeting}")
async def get_team_meeting(request: Request, team_meeting: str, work: _Reading) -> Response:
    """Show agenda, who is asked and how they answered, and the memo."""
    return await _meeting(request, work, await service_team.find_team(work, team_meeting))


@router.post("/team-meetings/{team_meeting}/points")
async def post_point(request: Request, team_meeting: str, work: _Leading) -> Response:
    """Add a point to the agenda."""
    found = await _led(work, team_meeting)

    async def do(form: TeamPointForm) -> None:
        await service_team.add_point(work, found, form)

    filled, errors = await take(request, TeamPointForm, do)
    return await _meeting(request, work, found, errors, filled) if errors else see(f"/team-meetings/{team_meeting}")


@router.post("/team-meetings/{team_meeting}/points/removal")
async def post_point_removal(request: Request, team_meeting: str, work: _Leading) -> Response:
    """Take a point off the agenda."""
    found = await _led(work, team_meeting)

    async def do(form: TeamPointChoice) -> None:
        await service_team.end_point(work, found, form.point)

    filled, errors = await take(request, TeamPointChoice, do)
    return await _meeting(request, work, found, errors, filled) if errors else see(f"/team-meetings/{team_meeting}")


@router.post("/team-meetings/{team_meeting}/opening")
async def post_team_opening(request: Request, team_meeting: str, work: _Leading) -> Response:
    """Open the meeting: those who are asked are invited."""
    found = await _led(work, team_meeting)
    errors = await attempt(request, service.open_meeting(work, found))
    return (
        await _meeting(request, work, found, errors) if errors else see(f"/team-meetings/{team_meeting}", Done.INVITED)
    )


@router.get("/team-meetings/{team_meeting}/memo")
async def get_team_memo(request: Request, team_meeting: str, work: _Writing) -> Response:
    """Show the newest draft to who writes or leads."""
    return await _memo(request, work, await _written(work, team_meeting))


@router.post("/team-meetings/{team_meeting}/memo")
async def post_team_memo(request: Request, team_meeting: str, work: _Writing) -> Response:
    """Save a draft."""
    found = await _written(work, team_meeting)

    async def do(form: TeamMemoForm) -> None:
        await service_team.write_memo(work, found, form)

    filled, errors = await take(request, TeamMemoForm, do)
    return await _memo(request, work, found, errors, filled) if errors else see(f"/team-meetings/{team_meeting}/memo")


@router.post("/team-meetings/{team_meeting}/memo/approval")
async def post_team_memo_approval(request: Request, team_meeting: str, work: _Leading) -> Response:
    """Approve the draft: every member reads it, and it never changes."""
    found = await _led(work, team_meeting)

    async def do(form: TeamMemoVersion) -> None:
        await service_team.approve_memo(work, found, form.version)

    _, errors = await take(request, TeamMemoVersion, do)
    return await _memo(request, work, found, errors) if errors else see(f"/team-meetings/{team_meeting}")


async def _led(work: Work, wanted: str) -> Meeting:
    found = await service_team.find_team(work, wanted)
    if not await service_team.leads(work, found):
        raise NotVisible
    return found


async def _written(work: Work, wanted: str) -> Meeting:
    found = await service_team.find_team(work, wanted)
    if not await service_team.may_write(work, found):
        raise NotVisible
    return found


async def _meeting(
    request: Request, work: Work, meeting: Meeting, errors: Errors = (), filled: Filled | None = None
) -> Response:
    view = await reading.team_meeting(work, meeting)
    leads = await service_team.leads(work, meeting)
    values: dict[str, Any] = {"view": view, "leads": leads, "writes": await service_team.may_write(work, meeting)}
    if leads:
        members = await service_team.members(work, [meeting.team_id])
        values["members"] = people.choices(language_of(request), members)
        ways = [way for way in states.WAYS if states.what_forbids(meeting, way, written=bool(view.memos)) is None]
        values["ways"] = ways
    return page(
        request,
        "team_meeting.html",
        422 if errors else 200,
        errors=errors,
        filled=filled or {},
        path=f"/team-meetings/{meeting.reference}",
        meeting=meeting,
        standing=states.standing(meeting),
        over=states.is_over(meeting),
        begun=states.has_begun(meeting),
        **values,
    )


async def _memo(
    request: Request, work: Work, meeting: Meeting, errors: Errors = (), filled: Filled | None = None
) -> Response:
    view = await reading.team_meeting(work, meeting)
    newest = view.memos[0] if view.memos else None
    known = {"text": newest.text if newest else "", "seen": str(newest.version if newest else 0)}
    values: dict[str, Any] = {"view": view, "newest": newest, "leads": await service_team.leads(work, meeting)}
    values |= {"begun": states.has_begun(meeting), "meeting": meeting}
    path = f"/team-meetings/{meeting.reference}/memo"
    status = 422 if errors else 200
    return page(request, "team_memo.html", status, errors=errors, filled=filled or known, path=path, **values)
