"""Page: who agreed to a meeting about the client, and what somebody says now."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.pages_filling import show
from multiagency.consent.forms import AgreementForm
from multiagency.consent.reading_agreement import agreement_view
from multiagency.consent.service_agreement import must_ask_agreement, record_agreement
from multiagency.kernel.access import Act
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import see

router = APIRouter(prefix="/cases/{reference}/agreement")

_Agreeing = Annotated[Desk, case_door(Act.RECORD_AGREEMENT)]


@router.get("")
async def get_agreement(request: Request, desk: _Agreeing) -> Response:
    """Show who agreed, and ask what somebody says now."""
    return await _agreement(request, desk, {})


@router.post("")
async def post_agreement(request: Request, desk: _Agreeing) -> Response:
    """Record it, and show it among the others."""
    filled, errors = await take(request, AgreementForm, partial(record_agreement, desk))
    if errors:
        return await _agreement(request, desk, filled, errors)
    return see(f"/cases/{desk.case.reference}/agreement", Done.SAVED)


async def _agreement(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    must_ask_agreement(desk)
    return show(request, desk, "agreement.html", filled, errors, asked=await agreement_view(desk))
