"""JSON: who is kept out of a case, keeping somebody out, lifting a bar, letting one person in."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from multiagency.cases import service_bars as bars
from multiagency.cases import service_lifting as lifting
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.forms import BarForm, ExemptionForm, LiftForm
from multiagency.kernel.access import Act
from multiagency.web.entering import BodyRoute
from multiagency.web.speaking import language_of

router = APIRouter(route_class=BodyRoute)

_Barring = Annotated[Desk, case_door(Act.BAR_PERSON)]


@router.post("/{reference}/bars", status_code=204)
async def post_bar(form: BarForm, desk: _Barring) -> None:
    """Keep a person out of the case from this moment."""
    await bars.bar(desk, form)


@router.get("/{reference}/bars")
async def get_bars(request: Request, desk: _Barring) -> list[bars.BarView]:
    """List who is kept out, for those who steer the case."""
    return await bars.bars_of(desk, language_of(request))


@router.post("/{reference}/bars/{bar}/lifting", status_code=204)
async def post_lifting(bar: UUID, form: LiftForm, desk: _Barring) -> None:
    """Lift a person's bar, with a reason."""
    await lifting.lift(desk, bar, form)


@router.post("/{reference}/bars/{bar}/exemptions", status_code=204)
async def post_exemption(bar: UUID, form: ExemptionForm, desk: _Barring) -> None:
    """Let one person of a barred agency in, with a reason."""
    await lifting.exempt(desk, bar, form)
