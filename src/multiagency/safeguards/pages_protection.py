"""Pages of a protected address: how it stands, recording an order, naming task holders, ending an order."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.pages_filling import show
from multiagency.cases.reading import masked, protected
from multiagency.kernel.access import Act
from multiagency.kernel.errors import NotVisible
from multiagency.pathways.service import law
from multiagency.people import reading as people
from multiagency.safeguards import service_protection as protection
from multiagency.safeguards.forms import PostForm, ProtectionForm
from multiagency.safeguards.models import AddressProtection
from multiagency.web.etags import SEEN
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/cases/{reference}/protection", tags=["pages"])

_Protecting = Annotated[Desk, case_door(Act.PROTECT_ADDRESS)]


def _back(desk: Desk) -> Response:
    return see(f"/cases/{desk.case.reference}/protection")


@router.get("")
async def get_protection(request: Request, desk: _Protecting) -> Response:
    """Show the orders of the case and who is cleared for the address."""
    language = language_of(request)
    return show(
        request,
        desk,
        "case_protection.html",
        {},
        orders=await protection.protections(desk),
        cleared=[
            (view.id, f"{view.name}, {view.title}, {view.agency.name(language)}", view.since)
            for view in await protection.cleared(desk)
        ],
        lives=await protected(desk),
        masked=await masked(desk),
    )


@router.get("/new")
async def get_new_order(request: Request, desk: _Protecting) -> Response:
    """Ask what the population register says of the order."""
    saved = await protection.saved_order(desk)
    return await _order(request, desk, {SEEN: saved.version(desk.work.tools.lookup)})


@router.post("/new")
async def post_new_order(request: Request, desk: _Protecting) -> Response:
    """Record it."""
    filled, errors = await take(request, ProtectionForm, partial(protection.record, desk))
    return await _order(request, desk, filled, errors) if errors else _back(desk)


async def _order(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    which = "next" if await protection.protections(desk) else "first"
    years = await law(desk.work, f"protection_{which}_years")
    return show(request, desk, "case_protection_new.html", filled, errors, years=years)


@router.get("/clearance")
async def get_clearance(request: Request, desk: _Protecting) -> Response:
    """Ask whose task needs the address."""
    return await _clearance(request, desk, {})


@router.post("/clearance")
async def post_clearance(request: Request, desk: _Protecting) -> Response:
    """Name one task holder."""
    filled, errors = await take(request, PostForm, partial(protection.clear, desk))
    return await _clearance(request, desk, filled, errors) if errors else _back(desk)


async def _clearance(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    language = language_of(request)
    found = await protection.may_be_cleared(desk)
    colleagues = people.choices(language, found)
    return show(request, desk, "case_clearance.html", filled, errors, colleagues=colleagues)


@router.post("/clearance/{post}/ending")
async def post_end_clearance(desk: _Protecting, post: UUID) -> Response:
    """Take a clearance back."""
    await protection.end_clearance(desk, post)
    return _back(desk)


@router.get("/{order}/ending")
async def get_ending(request: Request, desk: _Protecting, order: UUID) -> Response:
    """Say what ending an order does, before it is done."""
    return show(request, desk, "case_protection_ending.html", {}, order=await _living(desk, order))


@router.post("/{order}/ending")
async def post_ending(desk: _Protecting, order: UUID) -> Response:
    """End it: the address is again for everybody who may see contact data."""
    await protection.end(desk, order)
    return _back(desk)


async def _living(desk: Desk, order: UUID) -> AddressProtection:
    for row in await protection.protections(desk):
        if row.id == order and row.ended_at is None:
            return row
    raise NotVisible
