"""Pages: who came when, and how the period ended."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.actions import service_attendance as attendance
from multiagency.actions.forms import AttendanceForm
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.service_grants import is_kept_short
from multiagency.kernel.access import Act
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see

router = APIRouter(tags=["pages"])

Recording = Annotated[Desk, case_door(Act.RECORD_ATTENDANCE)]


@router.get("/cases/{reference}/attendance")
async def get_attendance(request: Request, desk: Annotated[Desk, case_door(Act.READ_ATTENDANCE)]) -> Response:
    """Show the period, and ask the service's own people for what is new."""
    return await _attendance(request, desk, {})


@router.post("/cases/{reference}/attendance")
async def post_attendance(request: Request, desk: Recording) -> Response:
    """Record an appointment, or how the period ended."""
    filled, errors = await take(request, AttendanceForm, partial(attendance.record, desk))
    return await _attendance(request, desk, filled, errors) if errors else see(request.url.path, Done.SAVED)


@router.post("/cases/{reference}/attendance/{entry}/removal")
async def post_removal(desk: Recording, entry: UUID) -> Response:
    """Strike what was recorded by mistake."""
    await attendance.strike(desk, entry)
    return see(f"/cases/{desk.case.reference}/attendance", Done.SAVED)


async def _attendance(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    period = await attendance.period_of(desk)
    return page(
        request,
        "attendance.html",
        422 if errors else 200,
        reference=desk.case.reference,
        period=period,
        limits=await attendance.limits_of(desk),
        late=await attendance.is_late(desk, period),
        kept_short=is_kept_short(desk.case, desk.work.actor.agency_id),
        records=desk.may(Act.RECORD_ATTENDANCE) and attendance.may_be_recorded(desk),
        whats=(*attendance.VISITS, *attendance.RESULTS),
        filled=filled,
        errors=errors,
    )
