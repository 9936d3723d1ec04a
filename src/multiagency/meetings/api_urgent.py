"""JSON: a case is taken to a table at once."""

from typing import Annotated

from fastapi import APIRouter

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act
from multiagency.meetings import service_urgent as urgent
from multiagency.meetings.forms import UrgentForm
from multiagency.web.entering import BodyRoute

router = APIRouter(route_class=BodyRoute)


@router.post("/cases/{reference}/urgent", status_code=201)
async def post_urgent(
    form: UrgentForm, desk: Annotated[Desk, case_door(Act.CALL_URGENTLY, others=True)]
) -> dict[str, str]:
    """Call people on duty to a meeting that begins now; return its reference."""
    return {"meeting": (await urgent.call(desk, form)).reference}
