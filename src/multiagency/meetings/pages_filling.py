"""The page on which a meeting is filled: who takes part in which of its cases, in one form."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.reading_names import names_of
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import reading, service
from multiagency.meetings import service_seating as seating
from multiagency.meetings.forms import FillingForm
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])

_LISTS = ("case", "post")


@router.get("/meetings/{meeting}/filling")
async def get_filling(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Offer the cases of the meeting that wait, and everybody whose agency may be given one of them."""
    return await _filling(request, work, meeting)


@router.post("/meetings/{meeting}/filling")
async def post_filling(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Seat everybody who was ticked at every case that was."""
    found = await service.find(work, meeting)

    async def fill(form: FillingForm) -> None:
        await seating.fill(work, found, form)

    filled, errors = await take(request, FillingForm, fill, lists=_LISTS)
    if errors:
        return await _filling(request, work, meeting, errors, filled)
    return see(f"/meetings/{meeting}", Done.SEATED)


async def _filling(
    request: Request, work: Work, wanted: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    meeting = await service.find(work, wanted)
    language = language_of(request)
    view = await reading.to_be_filled(work, meeting, language)
    return page(
        request,
        "filling.html",
        422 if errors else 200,
        errors=errors,
        filled=filled or {},
        meeting=meeting,
        names=await names_of(work, [case.case for case in view.cases]),
        cases=[(case.case, ", ".join(case.agencies)) for case in view.cases],
        free=people.choices(language, view.free),
        namesakes=view.namesakes,
    )
