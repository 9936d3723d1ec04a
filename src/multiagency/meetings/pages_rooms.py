"""Pages of the rooms: coming in with promises, connecting, leaving; and for who leads, who is in them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from multiagency.cases.reading_names import names_of
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import service
from multiagency.meetings import service_rooms as rooms
from multiagency.meetings.forms import EmptiedForm, EnterForm
from multiagency.meetings.providers import Entrance
from multiagency.meetings.reading_rooms import rooms_of
from multiagency.meetings.service_emptied import emptied
from multiagency.meetings.service_emptying import rooms_place
from multiagency.meetings.service_rooms import WORDING, Ticket
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])

_NOTHING_ELSE: dict[str, Any] = {"actor": None, "banners": [], "alone": True, "until_warned": None, "ends_soon": False}
"""Beside a client the page has no way to anything else: neither navigation nor what waits."""


def entering(
    request: Request, ticket: Ticket, reference: str, meeting: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    """Return the page with the ticket as a form: it travels in a body, never in an address."""
    return page(
        request,
        "room_enter.html",
        422 if errors else 200,
        ticket=ticket,
        reference=reference,
        path=f"/meetings/{meeting}/invitation",
        promises=[f"room.promise.{WORDING}.{name}" for name in ticket.asked],
        errors=errors,
        filled=filled or {},
    )


@router.post("/rooms/{room}")
async def post_room(request: Request, room: UUID, work: Annotated[Work, door(Act.JOIN_ROOM)]) -> Response:
    """Enter a room with the ticket, having promised what every meeting asks once."""

    async def enter(form: EnterForm) -> None:
        await rooms.enter(work, room, form)

    filled, errors = await take(request, EnterForm, enter, lists=("promise",))
    if not errors:
        return see(f"/rooms/{room}", None)
    reference, meeting, ticket = await rooms.about(work, room, str(filled.get("token", "")))
    return entering(request, ticket, reference, meeting, errors, filled)


@router.get("/rooms/{room}")
async def get_room(request: Request, room: UUID, work: Annotated[Work, door(Act.JOIN_ROOM)]) -> Response:
    """Show who is in the room, by agency and title; reading the page again shows who is there now."""
    return await _room(request, work, room)


async def _room(request: Request, work: Work, room: UUID, errors: Errors = ()) -> Response:
    inside, language = await rooms.look_around(work, room), language_of(request)
    present = [(agency.name(language), post.title) for agency, post in inside.people]
    values: dict[str, Any] = {"room": room, "reference": inside.case, "present": present, "connects": inside.connects}
    alone = _NOTHING_ELSE if inside.client else {}
    values |= {"beside": inside.beside, "client": inside.client} | alone
    return page(request, "room.html", 422 if errors else 200, errors=errors, **values)


@router.post("/rooms/{room}/connection")
async def post_connection(request: Request, room: UUID, work: Annotated[Work, door(Act.JOIN_ROOM)]) -> Response:
    """Send the browser on into the room itself, with a token made now; or show how it is reached."""
    found: list[Entrance] = []

    async def connect() -> None:
        found.append(await rooms.connect(work, room))

    errors = await attempt(request, connect())
    if errors:
        return await _room(request, work, room, errors)
    if found[0].address:
        return RedirectResponse(found[0].address, 303)  # not kept for a second sending: each gets a token of its own
    return page(request, "room_connection.html", room=room, entrance=found[0])


@router.post("/rooms/{room}/leave")
async def post_leave(room: UUID, work: Annotated[Work, door(Act.JOIN_ROOM)]) -> Response:
    """Leave the room."""
    await rooms.leave(work, room)
    return see("/invitations", None)


@router.get("/meetings/{meeting}/rooms")
async def get_rooms(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Show who is in the rooms of a meeting, and who must still leave one."""
    return await _rooms(request, work, meeting)


@router.post("/meetings/{meeting}/rooms/emptied")
async def post_emptied(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Say that they have left who were to leave."""
    found = await service.find(work, meeting)

    async def say(form: EmptiedForm) -> None:
        await emptied(work, found, form)

    _, errors = await take(request, EmptiedForm, say)
    return await _rooms(request, work, meeting, errors) if errors else see(rooms_place(meeting))


async def _rooms(request: Request, work: Work, wanted: str, errors: Errors = ()) -> Response:
    meeting = await service.find(work, wanted)
    view = await rooms_of(work, meeting, language_of(request))
    names = await names_of(work, [room.case for room in view.rooms])
    values: dict[str, Any] = {"meeting": meeting, "view": view, "names": names}
    return page(request, "meeting_rooms.html", 422 if errors else 200, errors=errors, **values)
