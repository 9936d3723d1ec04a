"""Pages that fill a case in, one thing each: the client, safe contact, other people, one's own agency's part."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases import service, service_people
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.forms import ClientForm, PartForm, PartyForm, SafeContactForm
from multiagency.cases.reading import PartyView, read_case
from multiagency.cases.reading_saved import earlier_parts, saved_client, saved_contact, saved_part, saved_party
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import Conflict, Forbidden, NotVisible
from multiagency.kernel.inputs import WEEKDAYS
from multiagency.pathways.definition import PartyRole, StageKind
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.etags import filled_with
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/cases/{reference}")

_Editing = Annotated[Desk, case_door(Act.EDIT_CASE)]
Writing = Annotated[Desk, case_door(Act.WRITE_PART)]


def back_to(desk: Desk, done: Done = Done.SAVED) -> Response:
    """Send the browser on to the page of the case."""
    return see(f"/cases/{desk.case.reference}", done)


def show(request: Request, desk: Desk, template: str, filled: Filled, errors: Errors = (), **more: Any) -> Response:
    """Render a form about this case: as it stands, or as it was sent with what is wrong."""
    return page(
        request,
        template,
        422 if errors else 200,
        reference=desk.case.reference,
        pathway=desk.case.pathway,
        filled=filled,
        errors=errors,
        correcting=not desk.stands(StageKind.DRAFT, StageKind.WITHDRAWN),
        **more,
    )


@router.get("/client")
async def get_client(request: Request, desk: _Editing) -> Response:
    """Ask whom the case is about."""
    service.people_must_be_open(desk)
    return show(request, desk, "case_client.html", filled_with(desk.work, await saved_client(desk)))


@router.post("/client")
async def post_client(request: Request, desk: _Editing) -> Response:
    """Record whom the case is about."""
    filled, errors = await take(request, ClientForm, partial(service_people.save_client, desk))
    if errors:
        return show(request, desk, "case_client.html", filled, errors)
    return back_to(desk)


@router.get("/safe-contact")
async def get_safe_contact(request: Request, desk: _Editing) -> Response:
    """Ask how the client can be reached without danger."""
    service.people_must_be_open(desk)
    return _show_contact(request, desk, filled_with(desk.work, await saved_contact(desk)))


@router.post("/safe-contact")
async def post_safe_contact(request: Request, desk: _Editing) -> Response:
    """Record how the client can be reached without danger."""
    filled, errors = await take(request, SafeContactForm, partial(service.save_safe_contact, desk), ("safe_days",))
    if errors:
        return _show_contact(request, desk, filled, errors)
    return back_to(desk)


def _show_contact(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    return show(request, desk, "case_contact.html", filled, errors, weekdays=WEEKDAYS)


@router.get("/people/new")
async def get_new_person(request: Request, desk: _Editing, role: str = "") -> Response:
    """Ask about somebody else in the case."""
    service.people_must_be_open(desk)
    return await _show_person(request, desk, {"role": role}, None)


@router.post("/people/new")
async def post_new_person(request: Request, desk: _Editing) -> Response:
    """Add somebody else to the case."""
    filled, errors = await take(request, PartyForm, partial(service_people.add_party, desk))
    if errors:
        return await _show_person(request, desk, filled, None, errors)
    return back_to(desk)


@router.get("/people/{party}")
async def get_person(request: Request, desk: _Editing, party: UUID) -> Response:
    """Show the record of somebody in the case, to be corrected."""
    service.people_must_be_open(desk)
    found, filled = await _person(desk, party), filled_with(desk.work, await saved_party(desk, party))
    return await _show_person(request, desk, filled | {"relation": found.relation}, found)


@router.post("/people/{party}")
async def post_person(request: Request, desk: _Editing, party: UUID) -> Response:
    """Correct the record of somebody in the case."""
    filled, errors = await take(request, PartyForm, partial(service_people.change_party, desk, party))
    if errors:
        return await _show_person(request, desk, filled, await _person(desk, party), errors)
    return back_to(desk)


async def _show_person(
    request: Request, desk: Desk, filled: Filled, party: PartyView | None, errors: Errors = ()
) -> Response:
    language = language_of(request)
    agencies = [(str(agency.id), agency.name(language)) for agency in await people.agencies(desk.work)]
    filled = {"role": ""} | filled
    child = filled["role"] == PartyRole.CHILD and not filled.get("employer")
    return show(
        request,
        desk,
        "case_person.html",
        filled,
        errors,
        party=party,
        agencies=agencies,
        child=child,
        roles=[one.role for one in desk.model.parties],
    )


async def _person(desk: Desk, party: UUID) -> PartyView:
    for view in (await read_case(desk, {Kind.PARTY})).parties:
        if view.id == party:
            return view
    raise NotVisible


@router.get("/part")
async def get_part(request: Request, desk: Writing) -> Response:
    """Ask what one's own agency tells."""
    _must_write_parts(desk)
    return await _show_part(request, desk, filled_with(desk.work, await saved_part(desk)))


@router.post("/part")
async def post_part(request: Request, desk: Writing) -> Response:
    """Record what one's own agency tells."""
    _must_write_parts(desk)
    filled, errors = await take(request, PartForm, partial(service.write_part, desk))
    if errors:
        return await _show_part(request, desk, filled, errors)
    return back_to(desk)


async def _show_part(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    return show(request, desk, "case_part.html", filled, errors, earlier=await earlier_parts(desk))


def _must_write_parts(desk: Desk) -> None:
    if not desk.stands(*service.PARTS_OPEN):
        raise Conflict("case.part_closed")
    if Kind.NARRATIVE not in desk.kinds:
        raise Forbidden
