"""Pages of bars: who is kept out of a case, keeping somebody out, lifting a bar, letting one person in."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases import service_bars as bars
from multiagency.cases import service_lifting as lifting
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.forms import BarForm, ExemptionForm, LiftForm
from multiagency.cases.pages_filling import show
from multiagency.kernel.access import Act
from multiagency.people import reading as people
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/cases/{reference}")

_Barring = Annotated[Desk, case_door(Act.BAR_PERSON)]


@router.get("/bars")
async def get_bars(request: Request, desk: _Barring) -> Response:
    """Show who is kept out of the case, and ask whom else to keep out."""
    return await _bars(request, desk, {})


@router.post("/bars")
async def post_bars(request: Request, desk: _Barring) -> Response:
    """Keep a person out from this moment."""
    filled, errors = await take(request, BarForm, partial(bars.bar, desk))
    return await _bars(request, desk, filled, errors) if errors else see(f"/cases/{desk.case.reference}/bars")


async def _bars(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    language, everybody = language_of(request), await people.colleagues(desk.work, roles=people.TO_BE_BARRED)
    found = await bars.not_barred(desk, everybody)
    others = people.choices(language, [who for who in found if who.person.id != desk.work.actor.person_id])
    standing = await bars.bars_of(desk, language)
    return show(request, desk, "case_bars.html", filled, errors, colleagues=others, bars=standing)


@router.get("/bars/{bar}/lifting")
async def get_lifting(request: Request, desk: _Barring, bar: UUID) -> Response:
    """Ask why a person's bar is to be lifted, and say what that does."""
    return await _lifting(request, desk, bar, {})


@router.post("/bars/{bar}/lifting")
async def post_lifting(request: Request, desk: _Barring, bar: UUID) -> Response:
    """Lift it."""
    filled, errors = await take(request, LiftForm, partial(lifting.lift, desk, bar))
    return await _lifting(request, desk, bar, filled, errors) if errors else _to_bars(desk)


async def _lifting(request: Request, desk: Desk, bar: UUID, filled: Filled, errors: Errors = ()) -> Response:
    await lifting.living_bar(desk, bar, of_agency=False)
    return show(request, desk, "case_bar_lifting.html", filled, errors, bar=await _view(request, desk, bar))


@router.get("/bars/{bar}/exemption")
async def get_exemption(request: Request, desk: _Barring, bar: UUID) -> Response:
    """Ask whom of a barred agency to let in, and why."""
    return await _exemption(request, desk, bar, {})


@router.post("/bars/{bar}/exemption")
async def post_exemption(request: Request, desk: _Barring, bar: UUID) -> Response:
    """Let that one person in."""
    filled, errors = await take(request, ExemptionForm, partial(lifting.exempt, desk, bar))
    return await _exemption(request, desk, bar, filled, errors) if errors else _to_bars(desk)


async def _exemption(request: Request, desk: Desk, bar: UUID, filled: Filled, errors: Errors = ()) -> Response:
    row = await lifting.living_bar(desk, bar, of_agency=True)
    colleagues = people.choices(language_of(request), await lifting.may_be_exempt(desk, row))
    view = await _view(request, desk, bar)
    return show(request, desk, "case_bar_exemption.html", filled, errors, bar=view, colleagues=colleagues)


async def _view(request: Request, desk: Desk, bar: UUID) -> Any:
    return next(view for view in await bars.bars_of(desk, language_of(request)) if view.id == bar)


def _to_bars(desk: Desk) -> Response:
    return see(f"/cases/{desk.case.reference}/bars")
