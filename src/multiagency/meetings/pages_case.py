"""Pages about one case in a meeting: who takes part, recording the minutes, and reading them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from multiagency.cases.desk import Desk, open_desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.work import Work
from multiagency.meetings import reading, service
from multiagency.meetings.forms import ChosenPosts, MinutesForm, MinutesText, SeatsForm
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.etags import filled_with
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
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
        await service.give_seats(work, found, SeatsForm(case=reference, post=form.post))

    filled, errors = await take(request, ChosenPosts, seat, lists=("post",))
    if errors:
        return await _seats(request, work, meeting, reference, errors, filled)
    return see(f"/meetings/{meeting}", Done.SEATED)


async def _seats(
    request: Request, work: Work, wanted: str, reference: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    meeting = await service.find(work, wanted)
    desk = await open_desk(work, reference, Act.RUN_MEETING)
    language = language_of(request)
    view = await reading.table(desk, await service.agenda_item(work, meeting, desk), language)
    free = people.choices(language, view.free)
    return page(
        request,
        "seats.html",
        422 if errors else 200,
        errors=errors,
        filled=filled or {},
        meeting=meeting,
        reference=desk.case.reference,
        seated=view.seated,
        free=free,
        namesakes=view.namesakes,
    )


@router.get("/meetings/{meeting}/cases/{reference}/minutes")
async def get_record_minutes(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RECORD_MINUTES)]
) -> Response:
    """Offer the minutes of a case for writing; what was recorded before stands there to be corrected."""
    return await _minutes(request, work, meeting, reference)


@router.post("/meetings/{meeting}/cases/{reference}/minutes")
async def post_record_minutes(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RECORD_MINUTES)]
) -> Response:
    """Record the minutes and go on to the plan."""
    found = await service.find(work, meeting)

    async def record(form: MinutesText) -> None:
        await service.record_minutes(work, found, MinutesForm(case=reference, text=form.text))

    filled, errors = await take(request, MinutesText, record)
    if errors:
        return await _minutes(request, work, meeting, reference, errors, filled)
    return see(f"/cases/{reference}/plan")


async def _minutes(
    request: Request, work: Work, wanted: str, reference: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    meeting = await service.find(work, wanted)
    desk = await open_desk(work, reference, Act.RECORD_MINUTES)
    item = await service.agenda_item(work, meeting, desk)
    earlier = await reading.minutes(desk)
    return page(
        request,
        "minutes_record.html",
        422 if errors else 200,
        errors=errors,
        filled=filled_with(work, await service.saved_minutes(desk, item)) if filled is None else filled,
        meeting=meeting,
        reference=desk.case.reference,
        earlier=earlier[-1].recorded_at if earlier else None,
    )


@router.get("/cases/{reference}/minutes")
async def get_minutes(
    request: Request,
    desk: Annotated[Desk, case_door(Act.READ_CASE)],
    version: Annotated[int | None, Query(ge=1, le=1000)] = None,
) -> Response:
    """Read the newest minutes of a case, or the version asked for; the others are named with their dates."""
    versions = await reading.minutes(desk)
    if version is not None and version > len(versions):
        raise NotVisible
    number = version or len(versions)
    return page(
        request,
        "minutes.html",
        reference=desk.case.reference,
        in_sight=Kind.MINUTES in desk.kinds,
        shown=versions[number - 1] if versions else None,
        number=number,
        versions=list(enumerate((minutes.recorded_at for minutes in versions), 1)),
    )
