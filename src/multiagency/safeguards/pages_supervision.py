"""Pages: what waits for the people of an agency, handing it on, and deputies."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.clock import to_helsinki
from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.safeguards import reading_supervision as reading
from multiagency.safeguards import service_deputies as deputies
from multiagency.safeguards import service_supervision as supervision
from multiagency.safeguards.forms import DeputyForm, HandOnForm, PieceOfWork
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.lists import Start
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/supervision", tags=["pages"])

_Seeing = Annotated[Work, door(Act.SEE_SUPERVISION)]
_HandingOn = Annotated[Work, door(Act.HAND_WORK_ON)]
_Naming = Annotated[Work, door(Act.NAME_DEPUTY)]


@router.get("")
async def get_supervision(request: Request, work: _Seeing, start: Start = 0) -> Response:
    """List what waits and who holds it, what belongs to posts that are over first; no content of any case."""
    return page(request, "supervision.html", waiting=await reading.waiting(work, start))


@router.get("/handing-on")
async def get_handing_on(request: Request, work: _HandingOn, piece: Annotated[PieceOfWork, Query()]) -> Response:
    """Say what handing it on does, and ask to whom and why."""
    return await _handing_on(request, work, piece, {})


@router.post("/handing-on")
async def post_handing_on(request: Request, work: _HandingOn, piece: Annotated[PieceOfWork, Query()]) -> Response:
    """Hand it on; the former holder sees nothing of it from this moment."""
    filled, errors = await take(request, HandOnForm, partial(supervision.hand_on, work))
    if errors:
        return await _handing_on(request, work, piece, filled, errors)
    return see("/supervision", Done.WORK_HANDED_ON)


async def _handing_on(
    request: Request, work: Work, piece: PieceOfWork, filled: Filled, errors: Errors = ()
) -> Response:
    found = await reading.find(work, piece)
    colleagues = people.choices(language_of(request), await reading.takers(work, found))
    values: dict[str, Any] = {"row": found, "colleagues": colleagues, "filled": filled, "errors": errors}
    return page(request, "supervision_handing_on.html", 422 if errors else 200, **values)


@router.get("/deputies")
async def get_deputies(request: Request, work: _Seeing) -> Response:
    """List who stands in for whom in one's agency."""
    rows = [
        (
            view.deputy.id,
            view.away,
            view.stands_in,
            to_helsinki(view.deputy.valid_from),
            to_helsinki(view.deputy.valid_to),
        )
        for view in await deputies.deputies(work)
    ]
    return page(request, "supervision_deputies.html", rows=rows)


@router.get("/deputies/new")
async def get_new_deputy(request: Request, work: _Naming) -> Response:
    """Ask who is away, who stands in, and from when to when."""
    return await _new_deputy(request, work, {})


@router.post("/deputies/new")
async def post_new_deputy(request: Request, work: _Naming) -> Response:
    """Name the deputy and go on to the list."""
    filled, errors = await take(request, DeputyForm, partial(deputies.name, work))
    return await _new_deputy(request, work, filled, errors) if errors else see("/supervision/deputies")


async def _new_deputy(request: Request, work: Work, filled: Filled, errors: Errors = ()) -> Response:
    away = people.choices(language_of(request), await deputies.may_be_away(work))
    everybody = people.choices(language_of(request), await people.colleagues(work, [work.actor.agency_id]))
    values: dict[str, Any] = {"away": away, "colleagues": everybody, "filled": filled, "errors": errors}
    return page(request, "supervision_deputy.html", 422 if errors else 200, **values)


@router.post("/deputies/{deputy}/ending")
async def post_end_deputy(deputy: UUID, work: Annotated[Work, door(Act.END_DEPUTY)]) -> Response:
    """End the period now."""
    await deputies.end(work, deputy)
    return see("/supervision/deputies")
