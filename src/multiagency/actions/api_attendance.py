"""JSON: who came when, and how the period ended."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from multiagency.actions import service_attendance as attendance
from multiagency.actions.forms import AttendanceForm
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act
from multiagency.web.entering import BodyRoute

router = APIRouter(route_class=BodyRoute)

_Recording = Annotated[Desk, case_door(Act.RECORD_ATTENDANCE)]


@router.get("/cases/{reference}/attendance")
async def get_attendance(desk: Annotated[Desk, case_door(Act.READ_ATTENDANCE)]) -> attendance.Period:
    """Read the period, as far as it is in sight."""
    return await attendance.period_of(desk)


@router.post("/cases/{reference}/attendance", status_code=204)
async def post_attendance(form: AttendanceForm, desk: _Recording) -> None:
    """Record an appointment that was kept or missed, or how the period ended."""
    await attendance.record(desk, form)


@router.post("/cases/{reference}/attendance/{entry}/removal", status_code=204)
async def post_removal(entry: UUID, desk: _Recording) -> None:
    """Strike what was recorded by mistake."""
    await attendance.strike(desk, entry)
