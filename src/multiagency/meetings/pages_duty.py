"""Pages: who is on duty now, and the roster of one team."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings import service_duty as duty
from multiagency.meetings.forms import ShiftForm, ShiftsEnd
from multiagency.people import reading as people
from multiagency.people.models import Team
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.lists import Start
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/duty", tags=["pages"])

Keeping = Annotated[Work, door(Act.KEEP_DUTY)]


@router.get("")
async def get_duty(request: Request, work: Annotated[Work, door(Act.SEE_DUTY)]) -> Response:
    """Show who is on duty now, team by team."""
    work.record(Mode.READ)
    teams = await people.teams(work)
    shifts = await duty.on_duty(work, [team.id for team in teams])
    rosters = [(team, [shift for shift in shifts if shift[0].team_id == team.id]) for team in teams]
    return page(request, "duty.html", rosters=rosters, language=language_of(request))


@router.get("/{team}")
async def get_roster(
    request: Request, team: UUID, work: Annotated[Work, door(Act.SEE_DUTY)], start: Start = 0
) -> Response:
    """Show the roster of a team; its coordinators keep it here."""
    return await _roster(request, work, await duty.known(work, team), start=start)


@router.post("/{team}")
async def post_shift(request: Request, team: UUID, work: Keeping) -> Response:
    """Put somebody on duty."""
    kept = await duty.kept(work, team)
    filled, errors = await take(request, ShiftForm, partial(duty.add, work, kept))
    return await _roster(request, work, kept, filled, errors) if errors else see(f"/duty/{team}", Done.SAVED)


@router.post("/{team}/end")
async def post_shifts_end(request: Request, team: UUID, work: Keeping) -> Response:
    """Take a shift back."""
    kept = await duty.kept(work, team)

    async def end(form: ShiftsEnd) -> None:
        await duty.take_back(work, kept, form.shift)

    filled, errors = await take(request, ShiftsEnd, end)
    return await _roster(request, work, kept, filled, errors) if errors else see(f"/duty/{team}", Done.SAVED)


async def _roster(
    request: Request, work: Work, team: Team, filled: Filled | None = None, errors: Errors = (), start: int = 0
) -> Response:
    keeps, language = await duty.keeps(work, team), language_of(request)
    return page(
        request,
        "duty_roster.html",
        422 if errors else 200,
        team=team,
        found=await duty.roster(work, team, start),
        keeps=keeps,
        choosable=people.choices(language, await people.colleagues(work)) if keeps else [],
        language=language,
        filled=filled or {},
        errors=errors,
    )
