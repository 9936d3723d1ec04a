"""Pages: the list by deadline, taking a request in, and one request with what has become of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Role
from multiagency.kernel.work import Work
from multiagency.log_requests import pages_answering, pages_cases, pages_review, service
from multiagency.log_requests.forms import CAPACITIES, IDENTIFIED_BY, LANGUAGES, TRACKS, RequestForm
from multiagency.log_requests.models import LogRequest
from multiagency.log_requests.reading import known_request, listed, open_request
from multiagency.log_requests.reading_choices import choices
from multiagency.log_requests.reading_grounds import grounds_by_id
from multiagency.log_requests.reading_review import Reviewed, review
from multiagency.people import reading as people
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.lists import Start
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/log-requests", tags=["pages"])

_Taking = Annotated[Work, door(Act.TAKE_LOG_REQUEST)]
_Handling = Annotated[Work, door(Act.HANDLE_LOG_REQUEST)]


@router.get("")
async def get_requests(request: Request, work: _Taking, start: Start = 0) -> Response:
    """List the requests in sight: state and deadline, and nothing of whose they are."""
    found = await listed(work, start)
    return page(
        request,
        "log_requests.html",
        found=found,
        names={view.agency.id: view.agency.name(language_of(request)) for view in found.rows},
        may_open=work.actor.role is Role.AUDITOR,
    )


@router.get("/new")
async def get_new(request: Request, work: _Taking) -> Response:
    """Ask who asks, in which capacity, how identified, of whom and about which period."""
    return await _new(request, work, {})


async def _new(request: Request, work: Work, filled: Filled, errors: Errors = ()) -> Response:
    language, chooses = language_of(request), work.actor.role is Role.AUDITOR
    agencies = [(str(agency.id), agency.name(language)) for agency in await people.agencies(work)] if chooses else []
    return page(
        request,
        "log_request_new.html",
        422 if errors else 200,
        filled=filled,
        errors=errors,
        agencies=agencies,
        tracks=choices(request, "tracks", TRACKS),
        capacities=choices(request, "capacities", CAPACITIES),
        identified=choices(request, "identified", IDENTIFIED_BY),
        answer_languages=choices(request, "languages", LANGUAGES),
    )


@router.post("")
async def post_request(request: Request, work: _Taking) -> Response:
    """Record the request."""
    made: list[str] = []

    async def do(form: RequestForm) -> None:
        made.append(str((await service.take(work, form)).id))

    filled, errors = await take(request, RequestForm, do)
    if errors:
        return await _new(request, work, filled, errors)
    return see(f"/log-requests/{made[0]}" if work.actor.role is Role.AUDITOR else "/log-requests")


@router.get("/{log_request}")
async def get_request(request: Request, log_request: UUID, work: _Handling) -> Response:
    """Show a request: who asks, until when, what waits for a decision, what went out and what the client suspects."""
    row = await known_request(work, log_request)
    view, found = await open_request(work, row), await _entries(work, row)
    grounds = await grounds_by_id(work)
    refused_on = grounds[view.answer.ground_id] if view.answer and view.answer.ground_id else None
    return page(
        request,
        "log_request.html",
        view=view,
        row=row,
        agency=view.listed.agency.name(language_of(request)),
        refused_on=refused_on,
        found=len(found),
        waiting=sum(entry.waits for entry in found),
    )


async def _entries(work: Work, row: LogRequest) -> list[Reviewed]:
    return await review(work, row) if row.closed_at is None else []


router.include_router(pages_cases.router)
router.include_router(pages_review.router)
router.include_router(pages_answering.router)
