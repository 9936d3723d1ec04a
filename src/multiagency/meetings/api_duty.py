"""JSON: who is on duty, and the rosters of one's teams."""

from typing import Annotated, Any

from fastapi import APIRouter

from multiagency.kernel.access import Act
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings import service_duty as duty
from multiagency.meetings.forms import ShiftsEndForm, TeamShiftForm
from multiagency.people import reading as people
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(prefix="/duty", route_class=BodyRoute)

Keeping = Annotated[Work, door(Act.KEEP_DUTY)]


@router.get("")
async def get_duty(work: Annotated[Work, door(Act.SEE_DUTY)]) -> list[dict[str, Any]]:
    """List who is on duty now: in which team, who, until when."""
    work.record(Mode.READ)
    shifts = await duty.on_duty(work, [team.id for team in await people.teams(work)])
    return [{"team": shift.team_id, "post": who.post.id, "ends_at": shift.ends_at} for shift, who in shifts]


@router.post("", status_code=204)
async def post_shift(form: TeamShiftForm, work: Keeping) -> None:
    """Put somebody on duty."""
    await duty.add(work, await duty.kept(work, form.team), form)


@router.post("/end", status_code=204)
async def post_shifts_end(form: ShiftsEndForm, work: Keeping) -> None:
    """Take a shift back."""
    await duty.take_back(work, await duty.kept(work, form.team), form.shift)
