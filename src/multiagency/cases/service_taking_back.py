"""A submission is taken back while the team has been told nothing by it: soon, and before a coordinator has seen it."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from multiagency.cases.desk import Desk
from multiagency.cases.events import SightEnded, TakenBack
from multiagency.cases.service import move_back
from multiagency.cases.service_grants import COORDINATION, end_bases, end_coordination
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict
from multiagency.pathways.definition import StageKind
from multiagency.people import reading as people


async def taken_back_until(desk: Desk) -> datetime | None:
    """Return until when a submission may be taken back, by the team's `take_back_minutes`; None where there is none."""
    if desk.case.submitted_at is None:
        return None
    minutes = await desk.number("take_back_minutes")
    return desk.case.submitted_at + timedelta(minutes=minutes)


async def why_it_stays(desk: Desk) -> str | None:
    """Return as a key of the catalogues why the submission cannot be taken back; None while it can."""
    until = await taken_back_until(desk)
    if until is None or not desk.stands(StageKind.OPEN):
        return "taking_back.goes_on" if until else "taking_back.not_sent"
    if await desk.work.session.scalar(select(func.coordinator_has_read(desk.case.id))):
        return "taking_back.read"
    return None if now() < until else "taking_back.too_late"


async def take_back(desk: Desk) -> None:
    """Make the case its referrer's draft again, as it was; those who coordinate it see it no more.

    Raises `Conflict` when it is no submission, is on an agenda, a coordinator has seen it, or it was sent too long ago.
    """
    if why := await why_it_stays(desk):
        raise Conflict(why)
    team = await people.team_with(desk.work, desk.case.team_id)
    await move_back(desk, desk.model.next_of(desk.case.stage, StageKind.DRAFT) or "")
    await desk.work.session.flush()
    await end_bases(desk.work, desk.case, now(), (COORDINATION,))
    await end_coordination(desk.work, desk.case)
    desk.wrote(recipient_id=team.convener_id)
    await desk.work.publish(TakenBack(desk))
    await desk.work.publish(SightEnded(desk))
