"""Pages about one case in a meeting: who takes part, and whose seat is taken back."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import open_desk
from multiagency.cases.reading_names import name_of
from multiagency.consent.wording import lets
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import reading, service, service_beside
from multiagency.meetings import reading_load as load
from multiagency.meetings import service_seating as seating
from multiagency.meetings import service_states as states
from multiagency.meetings.forms import (
    BesideAnswer,
    BesideForm,
    ChosenPosts,
    NotBesideForm,
    SeatedPost,
    SeatForm,
    SeatsForm,
)
from multiagency.meetings.service_beside import REMOTELY, beside, must_not_interpret
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])


@router.get("/meetings/{meeting}/cases/{reference}/seats")
async def get_seats(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RUN_MEETING)]
) -> Response:
    """Show who takes part in a case, and offer those whose agencies the consent names."""
    return await _seats(request, work, meeting, reference)


@router.post("/meetings/{meeting}/cases/{reference}/seats")
async def post_seats(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RUN_MEETING)]
) -> Response:
    """Seat everybody who was ticked, or nobody when one of them may not sit there."""
    found = await service.find(work, meeting)

    async def seat(form: ChosenPosts) -> None:
        await seating.give_seats(work, found, SeatsForm(case=reference, post=form.post, reaching=form.reaching))

    filled, errors = await take(request, ChosenPosts, seat, lists=("post", "reaching"))
    if errors:
        return await _seats(request, work, meeting, reference, errors, filled)
    return see(f"/meetings/{meeting}", Done.SEATED)


@router.post("/meetings/{meeting}/cases/{reference}/seats/removal")
async def post_seat_removal(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RUN_MEETING)]
) -> Response:
    """Take back a seat that was given by mistake."""
    found = await service.find(work, meeting)

    async def take_back(form: SeatedPost) -> None:
        await service.take_seat_back(work, found, SeatForm(case=reference, post=form.post))

    _, errors = await take(request, SeatedPost, take_back)
    if errors:
        return await _seats(request, work, meeting, reference, errors)
    return see(f"/meetings/{meeting}/cases/{reference}/seats", Done.SEAT_TAKEN_BACK)


@router.post("/meetings/{meeting}/cases/{reference}/client")
async def post_client(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RUN_MEETING)]
) -> Response:
    """Let the client take part in their own case, beside somebody who sits there."""
    found = await service.find(work, meeting)

    async def arrange(form: BesideAnswer) -> None:
        await service_beside.arrange(work, found, BesideForm(case=reference, **form.model_dump()))

    filled, errors = await take(request, BesideAnswer, arrange)
    if errors:
        return await _seats(request, work, meeting, reference, errors, filled)
    return see(f"/meetings/{meeting}/cases/{reference}/seats")


@router.post("/meetings/{meeting}/cases/{reference}/client/ending")
async def post_client_ending(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RUN_MEETING)]
) -> Response:
    """Say that the client does not take part after all."""
    found = await service.find(work, meeting)
    errors = await attempt(request, service_beside.take_back(work, found, NotBesideForm(case=reference)))
    if errors:
        return await _seats(request, work, meeting, reference, errors)
    return see(f"/meetings/{meeting}/cases/{reference}/seats")


async def _seats(
    request: Request, work: Work, wanted: str, reference: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    meeting = await service.find(work, wanted)
    desk = await open_desk(work, reference, Act.RUN_MEETING)
    language = language_of(request)
    item = await service.agenda_item(work, meeting, desk)
    view = await reading.table(desk, item, language)
    clients = await desk.number(REMOTELY) == 1
    return page(
        request,
        "seats.html",
        422 if errors else 200,
        errors=errors,
        filled=filled or {},
        clients=clients,
        agreed=clients and await lets(desk, REMOTELY),
        feared=await must_not_interpret(desk) if clients else "",
        beside=await beside(work, item.id) if clients else None,
        here=f"/meetings/{meeting.reference}/cases/{desk.case.reference}",
        path=f"/meetings/{meeting.reference}/cases/{desk.case.reference}/seats",
        observers=f"/meetings/{meeting.reference}/cases/{desk.case.reference}/observers",
        meeting=meeting,
        reference=desk.case.reference,
        name=await name_of(desk),
        over=states.is_over(meeting) or (meeting.state == states.RECORDED and item.discussed_at is not None),
        seated=view.seated,
        free=people.choices(language, view.free),
        namesakes=view.namesakes,
        warnings=await load.warnings_of(work, meeting),
    )
