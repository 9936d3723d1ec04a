"""Pages: who decides for the client, what each guardian may do, and whom the child forbids telling."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.pages_filling import show
from multiagency.cases.service import people_are_open, people_must_be_open
from multiagency.consent import service
from multiagency.consent.forms import CapacityForm, GuardianForm, ProhibitionForm
from multiagency.consent.reading import guardians_view, names
from multiagency.consent.reading_deciding import client_age
from multiagency.consent.reading_saved import saved_capacity, saved_prohibition, saved_rights
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import NotVisible
from multiagency.pathways.definition import PartyRole
from multiagency.pathways.service import law
from multiagency.web.etags import said_anew
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see

router = APIRouter(prefix="/cases/{reference}/guardians")

_Recording = Annotated[Desk, case_door(Act.RECORD_GUARDIANS)]


@router.get("")
async def get_guardians(request: Request, desk: Annotated[Desk, case_door(Act.SEE_GUARDIANS)]) -> Response:
    """Show who decides, and every guardian."""
    if Kind.CONSENT not in desk.kinds:
        raise NotVisible
    found = await guardians_view(desk)
    representative = (found["capacity"] or {}).get("legal_representative")
    return page(
        request,
        "guardians.html",
        reference=desk.case.reference,
        records=desk.may(Act.RECORD_GUARDIANS),
        editable=desk.may(Act.RECORD_GUARDIANS) and people_are_open(desk),
        representative=(await names(desk)).get(representative, ("", ""))[1] if representative else "",
        **found,
    )


@router.get("/capacity")
async def get_capacity(request: Request, desk: _Recording) -> Response:
    """Ask whether the client can decide, and why."""
    people_must_be_open(desk)
    return await _capacity(request, desk, said_anew(desk.work, await saved_capacity(desk)))


@router.post("/capacity")
async def post_capacity(request: Request, desk: _Recording) -> Response:
    """Record it."""
    filled, errors = await take(request, CapacityForm, partial(service.judge_capacity, desk))
    return await _capacity(request, desk, filled, errors) if errors else _back(desk)


async def _capacity(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    age, people = await client_age(desk), await names(desk)
    return show(
        request,
        desk,
        "guardian_capacity.html",
        filled,
        errors,
        age=age,
        capacity_age=await law(desk.work, "capacity_age"),
        hearing_age=await law(desk.work, "hearing_age"),
        representatives=[
            (str(party), name)
            for party, (role, name) in people.items()
            if role in {PartyRole.GUARDIAN, PartyRole.OTHER}
        ],
    )


@router.get("/{party}/rights")
async def get_rights(request: Request, desk: _Recording, party: UUID) -> Response:
    """Ask what somebody may do as the child's guardian."""
    people_must_be_open(desk)
    seen = said_anew(desk.work, await saved_rights(desk, party))
    return await _about(request, desk, "guardian_rights.html", party, seen)


@router.post("/{party}/rights")
async def post_rights(request: Request, desk: _Recording, party: UUID) -> Response:
    """Record it."""
    filled, errors = await take(request, GuardianForm, partial(service.record_guardian, desk))
    if errors:
        return await _about(request, desk, "guardian_rights.html", party, filled, errors)
    return _back(desk)


@router.get("/{party}/prohibition")
async def get_prohibition(request: Request, desk: _Recording, party: UUID) -> Response:
    """Ask whether the child forbids telling this guardian, and why."""
    seen = said_anew(desk.work, await saved_prohibition(desk, party))
    return await _about(request, desk, "guardian_prohibition.html", party, seen)


@router.post("/{party}/prohibition")
async def post_prohibition(request: Request, desk: _Recording, party: UUID) -> Response:
    """Record it."""
    filled, errors = await take(request, ProhibitionForm, partial(service.forbid, desk))
    if errors:
        return await _about(request, desk, "guardian_prohibition.html", party, filled, errors)
    return _back(desk)


async def _about(
    request: Request, desk: Desk, template: str, party: UUID, filled: Filled, errors: Errors = (), **more: Any
) -> Response:
    known = await names(desk)
    if party not in known:
        raise NotVisible
    role, name = known[party]
    return show(request, desk, template, filled, errors, party=party, role=role, name=name, **more)


def _back(desk: Desk) -> Response:
    return see(f"/cases/{desk.case.reference}/guardians")
