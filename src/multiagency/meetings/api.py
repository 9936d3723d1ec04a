"""JSON: meetings and agendas for their coordinator, invitations and rooms for those who take part."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases.service_reaching import Reaching
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import (
    api_chair,
    api_duty,
    api_feed,
    api_minutes,
    api_moving,
    api_research,
    api_resending,
    api_urgent,
    reading,
    service,
    service_beside,
)
from multiagency.meetings import service_agenda as agenda
from multiagency.meetings import service_answers as answers
from multiagency.meetings import service_invitations as invitations
from multiagency.meetings import service_rooms as rooms
from multiagency.meetings import service_seating as seating
from multiagency.meetings.forms import (
    AgendaForm,
    BesideForm,
    EnterForm,
    FillingForm,
    InsteadForm,
    InvitationAnswerForm,
    JoinForm,
    MeetingForm,
    NotBesideForm,
    OfficeForm,
    PlaceForm,
    RemovalForm,
    SeatForm,
    SeatingForm,
)
from multiagency.meetings.models import Meeting
from multiagency.meetings.providers import Entrance
from multiagency.meetings.service_offices import secure
from multiagency.meetings.service_reaching import how_to_reach, when_to_call
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute
from multiagency.web.etags import created
from multiagency.web.lists import Start, link_next
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/api/v1", tags=["meetings"], route_class=BodyRoute)


def shell(meeting: Meeting) -> dict[str, Any]:
    """Return a meeting by itself: when, how it stands, and the reason, where it was moved or ended."""
    return {
        "reference": meeting.reference,
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "state": meeting.state,
        "reason": meeting.reason,
    }


@router.post("/meetings", status_code=201)
async def post_meeting(
    form: MeetingForm, response: Response, work: Annotated[Work, door(Act.RUN_MEETING)]
) -> dict[str, Any]:
    """Call a meeting of one's team, or with `recorded` enter one that was held in the last days."""
    meeting = await service.call(work, form)
    created(response, f"/api/v1/meetings/{meeting.reference}")
    return shell(meeting)


@router.get("/meetings")
async def get_meetings(
    response: Response, work: Annotated[Work, door(Act.RUN_MEETING)], start: Start = 0
) -> list[dict[str, Any]]:
    """List the meetings of one's teams."""
    found = await service.list_meetings(work, start)
    link_next(response, "/api/v1/meetings", found)
    return [shell(meeting) for meeting in found.rows]


@router.get("/meetings/{meeting}")
async def get_meeting(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> dict[str, Any]:
    """Read a meeting's agenda, seats and answers."""
    found = await service.find(work, meeting)
    view = await reading.agenda(work, found, language_of(request))
    return shell(found) | {"agenda": view.items, "invitations": view.invited, "off_agenda": view.ended}


@router.post("/meetings/{meeting}/agenda", status_code=204)
async def post_agenda(meeting: str, form: AgendaForm, work: Annotated[Work, door(Act.RUN_MEETING)]) -> None:
    """Put a case on the agenda."""
    await service.place_on_agenda(work, await service.find(work, meeting), form)


@router.post("/meetings/{meeting}/agenda/removal", status_code=204)
async def post_removal(meeting: str, form: RemovalForm, work: Annotated[Work, door(Act.RUN_MEETING)]) -> None:
    """Take a case off the agenda: it waits for another meeting."""
    await agenda.take_off(work, await service.find(work, meeting), form)


@router.post("/meetings/{meeting}/order", status_code=204)
async def post_order(meeting: str, form: PlaceForm, work: Annotated[Work, door(Act.RUN_MEETING)]) -> None:
    """Move a case up or down by one place."""
    await agenda.change_place(work, await service.find(work, meeting), form)


@router.post("/meetings/{meeting}/seats", status_code=204)
async def post_seat(meeting: str, form: SeatingForm, work: Annotated[Work, door(Act.RUN_MEETING)]) -> None:
    """Seat a post at a case, perhaps to reach its client; 409 unless the consent names its agency."""
    await seating.give_seat(work, await service.find(work, meeting), form)


@router.post("/meetings/{meeting}/filling", status_code=204)
async def post_filling(meeting: str, form: FillingForm, work: Annotated[Work, door(Act.RUN_MEETING)]) -> None:
    """Seat posts at several cases at once; 422 naming everybody who may not sit at one of them."""
    await seating.fill(work, await service.find(work, meeting), form)


@router.post("/meetings/{meeting}/seats/removal", status_code=204)
async def post_seat_removal(meeting: str, form: SeatForm, work: Annotated[Work, door(Act.RUN_MEETING)]) -> None:
    """Take back a seat that was given by mistake."""
    await service.take_seat_back(work, await service.find(work, meeting), form)


@router.post("/meetings/{meeting}/client", status_code=204)
async def post_client(meeting: str, form: BesideForm, work: Annotated[Work, door(Act.RUN_MEETING)]) -> None:
    """Let the client take part in their own case, beside somebody who sits there."""
    await service_beside.arrange(work, await service.find(work, meeting), form)


@router.post("/meetings/{meeting}/client/ending", status_code=204)
async def post_client_ending(meeting: str, form: NotBesideForm, work: Annotated[Work, door(Act.RUN_MEETING)]) -> None:
    """Say that the client does not take part after all."""
    await service_beside.take_back(work, await service.find(work, meeting), form)


@router.post("/meetings/{meeting}/offices", status_code=204)
async def post_office(meeting: str, form: OfficeForm, work: Annotated[Work, door(Act.RUN_MEETING)]) -> None:
    """Note how an office was made up for that the model requires and that is missing at a case."""
    await secure(work, await service.find(work, meeting), form)


@router.post("/meetings/{meeting}/opening")
async def post_opening(meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> dict[str, int]:
    """Open the meeting: everybody seated is invited."""
    return {"invited": await service.open_meeting(work, await service.find(work, meeting))}


@router.get("/invitations/{address}")
async def get_invitation(address: str, work: Annotated[Work, door(Act.ANSWER_INVITATION)]) -> dict[str, Any]:
    """Read one's own invitation behind a private address; reading changes nothing."""
    invitation = await invitations.by_address(work, address)
    meeting = await invitations.meeting_of(work, invitation)
    seats = await reading.my_cases(work, meeting)
    cases = {"cases": [case.reference for case, _ in seats], "safe_now": await when_to_call(work, meeting, seats)}
    return shell(meeting) | {"answer": invitation.answer} | cases


@router.get("/invitations/{address}/cases/{reference}/contact")
async def get_contact(
    address: str, reference: str, work: Annotated[Work, door(Act.ANSWER_INVITATION)]
) -> Reaching | None:
    """Read how the client is reached; null where that is not the task of one's own seat, or the meeting is over."""
    return await how_to_reach(work, await invitations.by_address(work, address), reference)


@router.post("/invitations/{address}/answer", status_code=204)
async def post_answer(
    address: str, form: InvitationAnswerForm, work: Annotated[Work, door(Act.ANSWER_INVITATION)]
) -> None:
    """Answer yes or no."""
    await answers.answer(work, await invitations.by_address(work, address), form)


@router.post("/invitations/{address}/instead", status_code=204)
async def post_instead(address: str, form: InsteadForm, work: Annotated[Work, door(Act.ANSWER_INVITATION)]) -> None:
    """Say, having declined, who of one's own agency comes instead."""
    await answers.name_another(work, await invitations.by_address(work, address), form)


@router.post("/invitations/{address}/join")
async def post_join(address: str, form: JoinForm, work: Annotated[Work, door(Act.JOIN_ROOM)]) -> dict[str, Any]:
    """Press Join: a token for one room, for a minute; `promise` names what must still be promised."""
    ticket = await rooms.join(work, await invitations.by_address(work, address), form)
    return {"room": ticket.room, "token": ticket.token, "promise": ticket.asked}


@router.post("/rooms/{room}", status_code=204)
async def post_room(room: UUID, form: EnterForm, work: Annotated[Work, door(Act.JOIN_ROOM)]) -> None:
    """Enter a room with the token, and what one promises for the meeting, where one has not yet."""
    await rooms.enter(work, room, form)


@router.post("/rooms/{room}/connection")
async def post_connection(room: UUID, work: Annotated[Work, door(Act.JOIN_ROOM)]) -> Entrance:
    """Return how one reaches the room itself: where to go, with a token made now, or words that say how to call."""
    return await rooms.connect(work, room)


@router.get("/rooms/{room}")
async def get_room(request: Request, room: UUID, work: Annotated[Work, door(Act.JOIN_ROOM)]) -> list[dict[str, str]]:
    """Say who is in the room, to those who are."""
    language = language_of(request)
    inside = await rooms.look_around(work, room)
    return [{"agency": agency.name(language), "title": post.title} for agency, post in inside.people]


@router.delete("/rooms/{room}", status_code=204)
async def delete_room(room: UUID, work: Annotated[Work, door(Act.JOIN_ROOM)]) -> None:
    """Leave the room."""
    await rooms.leave(work, room)


router.include_router(api_chair.router)
router.include_router(api_moving.router)
router.include_router(api_urgent.router)
router.include_router(api_duty.router)
router.include_router(api_feed.router)
router.include_router(api_resending.router)
router.include_router(api_minutes.router)
router.include_router(api_research.router)
