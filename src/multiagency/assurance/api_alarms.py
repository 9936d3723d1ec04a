"""JSON: the alarms of the log's self-check, and settling one."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter

from multiagency.assurance.forms import SettlementForm
from multiagency.assurance.service_alarms import alarms, settle
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(prefix="/alarms", route_class=BodyRoute)


@router.get("")
async def get_alarms(work: Annotated[Work, door(Act.SEE_ALARMS)]) -> list[dict[str, Any]]:
    """Read the alarms, open ones first."""
    names = ("id", "at", "code", "first_bad", "bad", "settled_at", "settlement")
    return [{name: getattr(alarm, name) for name in names} for alarm in await alarms(work)]


@router.post("/{alarm}/settlement", status_code=204)
async def post_settlement(alarm: UUID, form: SettlementForm, work: Annotated[Work, door(Act.SETTLE_ALARM)]) -> None:
    """Settle an alarm."""
    await settle(work, alarm, form)
