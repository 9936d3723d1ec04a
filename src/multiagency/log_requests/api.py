"""JSON: requests for log data, taken in by an intake or an auditor, handled by an auditor."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.log_requests import api_cases, service
from multiagency.log_requests import service_answering as answering
from multiagency.log_requests.forms import (
    ClarificationForm,
    DecisionForm,
    ExplanationForm,
    RefusalForm,
    RequestAnswerForm,
    RequestDeliveryForm,
    RequestForm,
)
from multiagency.log_requests.models import LogRequestGround
from multiagency.log_requests.reading import ClarificationView, Listed, known_request, listed, open_request
from multiagency.log_requests.reading_grounds import grounds_by_id
from multiagency.log_requests.reading_review import Reviewed, review
from multiagency.log_requests.reading_words import Words
from multiagency.log_requests.sealing import opened
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute
from multiagency.web.etags import created
from multiagency.web.lists import Start, link_next
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/api/v1/log-requests", tags=["log requests"], route_class=BodyRoute)

_Taking = Annotated[Work, door(Act.TAKE_LOG_REQUEST)]
_Handling = Annotated[Work, door(Act.HANDLE_LOG_REQUEST)]


def _listed(view: Listed, language: str) -> dict[str, Any]:
    shown = ("id", "reference", "track", "arrived_on", "due_on", "fee_possible", "outcome", "closed_at")
    about = {name: getattr(view.row, name) for name in shown}
    return about | {"agency": view.agency.name(language), "days_left": view.days_left}


@router.get("")
async def get_requests(request: Request, response: Response, work: _Taking, start: Start = 0) -> list[dict[str, Any]]:
    """List the requests in sight by deadline; nothing of whose they are."""
    found = await listed(work, start)
    link_next(response, "/api/v1/log-requests", found)
    return [_listed(view, language_of(request)) for view in found.rows]


@router.post("", status_code=201)
async def post_request(form: RequestForm, response: Response, work: _Taking) -> dict[str, Any]:
    """Record a request; 422 names what does not fit together."""
    row = await service.take(work, form)
    created(response, f"/api/v1/log-requests/{row.id}")
    return {"id": row.id, "reference": row.reference, "due_on": row.due_on, "fee_possible": row.fee_possible}


@router.get("/{log_request}")
async def get_request(request: Request, log_request: UUID, work: _Handling) -> dict[str, Any]:
    """Open a request with what has become of it."""
    view = await open_request(work, await known_request(work, log_request))
    row, made, delivery = view.listed.row, view.answer, view.delivery
    about = {name: getattr(row, name) for name in ("capacity", "language", "identified_by", "period_from", "period_to")}
    return (
        _listed(view.listed, language_of(request))
        | about
        | view.texts
        | {
            "taken_by": view.taken_by.label,
            "taken_at": row.taken_at,
            "answer": made and {"outcome": made.outcome, "given": made.given, "withheld": made.withheld},
            "delivery": delivery and {"how": delivery.how, "delivered_at": delivery.delivered_at},
            "clarifications": [_clarification(found) for found in view.clarifications],
        }
    )


def _clarification(view: ClarificationView) -> dict[str, Any]:
    state = "open" if view.row.answered_at is None else "answered"
    about = {"id": view.row.id, "state": state, "asked_on": view.row.asked_on, "question": view.question}
    return about | {"finding": view.row.finding, "answer": view.answer}


@router.get("/{log_request}/entries")
async def get_entries(request: Request, log_request: UUID, work: _Handling) -> list[dict[str, Any]]:
    """Read the entries about the person that are the addressed agency's, with what was decided of each."""
    row, grounds = await known_request(work, log_request), await grounds_by_id(work)
    words = await Words.of(work, language_of(request))
    return [await _entry(work, words, entry, grounds) for entry in await review(work, row)]


async def _entry(work: Work, words: Words, entry: Reviewed, grounds: dict[UUID, LogRequestGround]) -> dict[str, Any]:
    about = {name: getattr(entry, name) for name in ("id", "truth", "role", "kept", "how", "sensitive", "waits")}
    decision = entry.decision
    ground = grounds[decision.ground_id].code if decision and decision.ground_id else None
    return about | {
        "at": entry.view.body["at"],
        "mode": entry.view.body["mode"],
        "who": words.who(entry),
        "what": words.what(entry),
        "ground": words.ground(entry),
        "recipient": words.recipient(entry),
        "decision": decision
        and {"decision": decision.decision, "ground": ground, "reason": await opened(work, decision, "reason")},
    }


@router.post("/{log_request}/decisions", status_code=204)
async def post_decision(form: DecisionForm, log_request: UUID, work: _Handling) -> None:
    """Decide about some entries."""
    await service.decide(work, await known_request(work, log_request), form)


@router.post("/{log_request}/answer", status_code=204)
async def post_answer(form: RequestAnswerForm, log_request: UUID, work: _Handling) -> None:
    """Make the answer; 409 while an entry waits for a decision, 422 for one of nothing until that is confirmed."""
    await answering.answer(work, await known_request(work, log_request), form)


@router.post("/{log_request}/refusal", status_code=204)
async def post_refusal(form: RefusalForm, log_request: UUID, work: _Handling) -> None:
    """Refuse the request as a whole."""
    await answering.refuse(work, await known_request(work, log_request), form)


@router.get("/{log_request}/answer")
async def get_answer(log_request: UUID, work: _Handling) -> Response:
    """Fetch the answer as it was made, as PDF/UA; logged as given to the client."""
    document = await answering.document_of(work, await known_request(work, log_request))
    return Response(document, media_type="application/pdf")


@router.post("/{log_request}/delivery", status_code=204)
async def post_delivery(form: RequestDeliveryForm, log_request: UUID, work: _Handling) -> None:
    """Record how and when the answer was handed over."""
    await service.deliver(work, await known_request(work, log_request), form)


@router.post("/{log_request}/clarifications", status_code=201)
async def post_clarification(form: ClarificationForm, log_request: UUID, work: _Handling) -> dict[str, Any]:
    """Record that the client suspects misuse and asks for an explanation."""
    return {"id": await service.ask_to_explain(work, await known_request(work, log_request), form)}


@router.post("/{log_request}/clarifications/{clarification}/answer", status_code=204)
async def post_explanation(form: ExplanationForm, log_request: UUID, clarification: UUID, work: _Handling) -> None:
    """Answer it, with reasons."""
    await service.explain(work, await known_request(work, log_request), clarification, form)


router.include_router(api_cases.router)
