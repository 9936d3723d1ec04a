"""Pages of one meeting: the agenda, who is invited, what comes next; cases come on it, change places, come off."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import open_desk
from multiagency.cases.reading_names import name_of, names_of
from multiagency.kernel.access import Act
from multiagency.kernel.clock import now
from multiagency.kernel.journal import Mode
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.meetings import reading, service
from multiagency.meetings import reading_load as load
from multiagency.meetings import service_agenda as agenda
from multiagency.meetings import service_moving as moving
from multiagency.meetings import service_states as states
from multiagency.meetings.forms import OnAgendaForm, PlaceForm, RemovalChoice, RemovalForm
from multiagency.meetings.models import Meeting
from multiagency.meetings.reading import AgendaView
from multiagency.meetings.reading_instructions import owed_by_agency
from multiagency.meetings.reading_offices import said
from multiagency.meetings.service_chair import chair_named
from multiagency.meetings.service_recipients import writer_of
from multiagency.pathways.definition import StageKind
from multiagency.people.reading import agencies
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])


@router.get("/meetings/{meeting}")
async def get_meeting(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Show agenda, seats, the queue, and how the invitations stand."""
    return await _meeting(request, work, meeting)


@router.post("/meetings/{meeting}/agenda")
async def post_agenda(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Put a case on the agenda and go on to choose who takes part, or on the first page where it was done there."""
    found = await service.find(work, meeting)
    placed: list[OnAgendaForm] = []

    async def place(form: OnAgendaForm) -> None:
        await service.place_on_agenda(work, found, form)
        placed.append(form)

    _, errors = await take(request, OnAgendaForm, place)
    if errors:
        return await _meeting(request, work, meeting, errors)
    if placed[0].then:
        return see("/", Done.PLACED)
    return see(f"/meetings/{meeting}/cases/{placed[0].case}/seats")


@router.post("/meetings/{meeting}/order")
async def post_order(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Move a case up or down by one place."""
    found = await service.find(work, meeting)

    async def change(form: PlaceForm) -> None:
        await agenda.change_place(work, found, form)

    _, errors = await take(request, PlaceForm, change)
    return await _meeting(request, work, meeting, errors) if errors else see(f"/meetings/{meeting}#agenda")


async def _meeting(request: Request, work: Work, wanted: str, errors: Errors = ()) -> Response:
    meeting = await service.find(work, wanted)
    if meeting.team_only:
        work.record(Mode.READ)
        return see(f"/team-meetings/{meeting.reference}", None)
    over = states.is_over(meeting)
    view, waiting = await reading.agenda_and_queue(work, meeting, language_of(request), queue=not over)
    named = [shown.case for some in (view.items, view.ended, waiting) for shown in some]
    return page(
        request,
        "meeting.html",
        422 if errors else 200,
        errors=errors,
        path=f"/meetings/{meeting.reference}",
        meeting=meeting,
        view=view,
        names=await names_of(work, named),
        offices_said=partial(said, language_of(request)),
        waiting=[case.case for case in waiting if not case.again],
        again=[case.case for case in waiting if case.again],
        over=over,
        chair=await chair_named(work, meeting),
        writer=await writer_of(work, meeting),
        owed=[] if over else await _owed(work, meeting, language_of(request)),
        ways=await _ways(work, meeting),
        warnings=await load.warnings(work, meeting, [item.discussed for item in view.items]),
        begun=states.has_begun(meeting),
        standing=states.standing(meeting),
        step=_next_step(meeting, view, any(not case.again for case in waiting)),
    )


async def _owed(work: Work, meeting: Meeting, language: Language) -> list[tuple[str, int]]:
    """Return how many confirmations each agency owes of earlier meetings, by the agency's name."""
    found = await owed_by_agency(work, meeting)
    return [(agency.name(language), found[agency.id]) for agency in await agencies(work) if agency.id in found]


async def _ways(work: Work, meeting: Meeting) -> list[str]:
    """Return what can be done about the meeting itself now."""
    written = await moving.has_minutes(work, meeting)
    return [way for way in states.WAYS if states.what_forbids(meeting, way, written=written) is None]


def _next_step(meeting: Meeting, view: AgendaView, waiting: bool) -> str:
    """Name the one thing that the coordinator should do next."""
    over, undiscussed = states.is_over(meeting), [item for item in view.items if not item.discussed]
    if view.uninvited() and not over and meeting.state != states.RECORDED:
        return "invite"
    if any(not item.seats for item in undiscussed) and not over:
        return "choose"
    if not view.items and not over:
        return "place" if waiting else "wait"
    if not undiscussed:
        return "nothing"
    if states.has_begun(meeting):
        return "record"
    return "put_elsewhere" if over else "hold"


@router.get("/meetings/{meeting}/cases/{reference}/removal")
async def get_removal(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RUN_MEETING)]
) -> Response:
    """Say what ends when the case comes off the agenda, and ask why it does."""
    return await _removal(request, work, meeting, reference)


@router.post("/meetings/{meeting}/cases/{reference}/removal")
async def post_removal(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RUN_MEETING)]
) -> Response:
    """Take the case off the agenda and go back to where that was done."""
    found = await service.find(work, meeting)
    back: list[str] = []

    async def remove(form: RemovalChoice) -> None:
        await agenda.take_off(work, found, RemovalForm(case=reference, because=form.because))
        back.append("/" if form.then else f"/meetings/{meeting}")

    filled, errors = await take(request, RemovalChoice, remove)
    if errors:
        return await _removal(request, work, meeting, reference, errors, filled)
    return see(back[0], Done.TAKEN_OFF)


async def _removal(
    request: Request, work: Work, wanted: str, reference: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    meeting = await service.find(work, wanted)
    desk = await open_desk(work, reference, Act.RUN_MEETING)
    item = await service.agenda_item(work, meeting, desk)
    begun = meeting.starts_at <= now()
    return page(
        request,
        "agenda_removal.html",
        422 if errors else 200,
        errors=errors,
        filled=filled or ({} if begun else {"because": "removed"}),
        meeting=meeting,
        reference=desk.case.reference,
        name=await name_of(desk),
        reasons=("removed", "not_held", "referrer_absent") if begun else ("removed",),
        discussed=item.discussed_at is not None,
        again=desk.model.stage(item.came_from).kind is StageKind.FOLLOW_UP,
    )
