"""Pages: the alarms of the log's self-check, and settling one."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.assurance.forms import Settlement, SettlementForm
from multiagency.assurance.service_alarms import PLACE, alarms, open_alarm, settle
from multiagency.kernel.access import Act
from multiagency.kernel.policy import RULES
from multiagency.kernel.work import Work
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS

router = APIRouter(prefix="/audit/alarms")

_Seeing = Annotated[Work, door(Act.SEE_ALARMS)]
_Settling = Annotated[Work, door(Act.SETTLE_ALARM)]


@router.get("")
async def get_alarms_page(request: Request, work: _Seeing) -> Response:
    """Show the alarms and what each means."""
    may_settle = RULES[Act.SETTLE_ALARM].role_may(work.actor.role)
    return page(request, "alarms.html", alarms=await alarms(work), may_settle=may_settle)


@router.get("/{alarm}/settlement")
async def get_settlement(request: Request, alarm: UUID, work: _Settling) -> Response:
    """Ask for the reason; it cannot be taken back."""
    return await _settlement(request, work, alarm, {})


@router.post("/{alarm}/settlement")
async def post_settlement_page(request: Request, alarm: UUID, work: _Settling) -> Response:
    """Settle an alarm."""
    filled, errors = await take(request, SettlementForm, partial(settle, work, alarm))
    return await _settlement(request, work, alarm, filled, errors) if errors else see(PLACE)


async def _settlement(request: Request, work: Work, alarm: UUID, filled: Filled, errors: Errors = ()) -> Response:
    found, language = await open_alarm(work, alarm), language_of(request)
    reasons = [(code, TEXTS.say(language, f"alarms.settlement.{code}")) for code in Settlement]
    status = 422 if errors else 200
    return page(request, "alarm.html", status, alarm=found, reasons=reasons, filled=filled, errors=errors)
