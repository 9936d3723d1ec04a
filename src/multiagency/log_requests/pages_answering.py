"""Pages that end a request and what follows: the answer or a refusal, each after an interruption; delivery; misuse."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.errors import Conflict, NotVisible
from multiagency.kernel.work import Work
from multiagency.log_requests import service
from multiagency.log_requests import service_answering as answering
from multiagency.log_requests.forms import (
    FINDINGS,
    HOWS,
    ClarificationForm,
    ExplanationForm,
    RefusalForm,
    RequestAnswerForm,
    RequestDeliveryForm,
)
from multiagency.log_requests.models import LogRequest
from multiagency.log_requests.reading import known_request, open_request
from multiagency.log_requests.reading_cases import cases_of
from multiagency.log_requests.reading_choices import choices, ground_choices
from multiagency.log_requests.reading_grounds import grounds_in_force
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, said, see

router = APIRouter(prefix="/{log_request}")
_Handling = Annotated[Work, door(Act.HANDLE_LOG_REQUEST)]


def _page(request: Request, template: str, row: LogRequest, filled: Filled, errors: Errors, **about: Any) -> Response:
    return page(request, template, 422 if errors else 200, row=row, filled=filled, errors=errors, **about)


@router.get("/answer")
async def get_answer(request: Request, log_request: UUID, work: _Handling) -> Response:
    """Show what the answer will hold before it is made; afterwards nothing changes it."""
    return await _answer(request, work, await known_request(work, log_request))


@router.post("/answer")
async def post_answer(request: Request, log_request: UUID, work: _Handling) -> Response:
    """Make the answer."""
    row = await known_request(work, log_request)
    _, errors = await take(request, RequestAnswerForm, partial(answering.answer, work, row))
    return await _answer(request, work, row, errors) if errors else see(f"/log-requests/{log_request}")


async def _answer(request: Request, work: Work, row: LogRequest, errors: Errors = ()) -> Response:
    """Show what an answer would hold; an empty one with what was searched by and who else it could be."""
    status = 422 if errors else 200
    try:
        found = await answering.prepare(work, row)
    except Conflict as error:
        found, status, errors = None, 422 if errors else 409, errors or said(request, error)
    cases = await cases_of(work, row) if found else None
    return page(request, "log_request_answer.html", status, row=row, found=found, cases=cases, errors=errors)


@router.get("/refusal")
async def get_refusal(request: Request, log_request: UUID, work: _Handling) -> Response:
    """Ask for the ground and the reason of a refusal of the whole request."""
    return await _refusal(request, work, await known_request(work, log_request), {})


async def _refusal(
    request: Request, work: Work, row: LogRequest, filled: Filled, errors: Errors = (), *, check: bool = False
) -> Response:
    grounds = ground_choices(request, await grounds_in_force(work, row.track, whole=True))
    about = {"grounds": grounds, "check": check, "ground_text": dict(grounds).get(str(filled.get("ground")), "")}
    return _page(request, "log_request_refusal.html", row, filled, errors, **about)


@router.post("/refusal")
async def post_refusal(request: Request, log_request: UUID, work: _Handling) -> Response:
    """Show the refusal as it will go out; when that is confirmed, make it."""
    row = await known_request(work, log_request)
    confirmed = "confirmed" in await request.form()
    doing = answering.refuse if confirmed else answering.prepare_refusal
    filled, errors = await take(request, RefusalForm, partial(doing, work, row))
    if errors or not confirmed:
        return await _refusal(request, work, row, filled, errors, check=not errors)
    return see(f"/log-requests/{log_request}")


@router.get("/answer.pdf")
async def get_document(log_request: UUID, work: _Handling) -> Response:
    """Fetch the document to be handed over; logged as given to the client."""
    row = await known_request(work, log_request)
    document = await answering.document_of(work, row)
    name = {"content-disposition": f'attachment; filename="{row.reference}.pdf"'}
    return Response(document, media_type="application/pdf", headers=name)


@router.get("/delivery")
async def get_delivery(request: Request, log_request: UUID, work: _Handling) -> Response:
    """Ask how and when the answer was handed over."""
    row = await known_request(work, log_request)
    return _page(request, "log_request_delivery.html", row, {}, (), hows=choices(request, "hows", HOWS))


@router.post("/delivery")
async def post_delivery(request: Request, log_request: UUID, work: _Handling) -> Response:
    """Record it, once."""
    row = await known_request(work, log_request)
    filled, errors = await take(request, RequestDeliveryForm, partial(service.deliver, work, row))
    if errors:
        hows = choices(request, "hows", HOWS)
        return _page(request, "log_request_delivery.html", row, filled, errors, hows=hows)
    return see(f"/log-requests/{log_request}")


@router.get("/clarifications")
async def get_clarification(request: Request, log_request: UUID, work: _Handling) -> Response:
    """Ask what the client suspects."""
    return _page(request, "log_request_suspicion.html", await known_request(work, log_request), {}, ())


@router.post("/clarifications")
async def post_clarification(request: Request, log_request: UUID, work: _Handling) -> Response:
    """Record it."""
    row = await known_request(work, log_request)
    filled, errors = await take(request, ClarificationForm, partial(service.ask_to_explain, work, row))
    if errors:
        return _page(request, "log_request_suspicion.html", row, filled, errors)
    return see(f"/log-requests/{log_request}")


@router.get("/clarifications/{clarification}")
async def get_explanation(request: Request, log_request: UUID, clarification: UUID, work: _Handling) -> Response:
    """Show what the client suspects and ask for the explanation."""
    return await _explanation(request, work, await known_request(work, log_request), clarification, {})


async def _explanation(
    request: Request, work: Work, row: LogRequest, clarification: UUID, filled: Filled, errors: Errors = ()
) -> Response:
    found = next((v for v in (await open_request(work, row)).clarifications if v.row.id == clarification), None)
    if found is None:
        raise NotVisible
    findings = choices(request, "findings", FINDINGS)
    return _page(request, "log_request_explanation.html", row, filled, errors, found=found, findings=findings)


@router.post("/clarifications/{clarification}")
async def post_explanation(request: Request, log_request: UUID, clarification: UUID, work: _Handling) -> Response:
    """Record the explanation, once."""
    row = await known_request(work, log_request)
    filled, errors = await take(request, ExplanationForm, partial(service.explain, work, row, clarification))
    if errors:
        return await _explanation(request, work, row, clarification, filled, errors)
    return see(f"/log-requests/{log_request}")
