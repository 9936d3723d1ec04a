"""Reading requests: the list by deadline, and one request opened."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import case, select

from multiagency.disclosures.reading import authors
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import today
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.journal import Mode
from multiagency.kernel.portions import Portion, portion
from multiagency.kernel.work import Work
from multiagency.log_requests.models import (
    LogRequest,
    LogRequestAnswer,
    LogRequestClarification,
    LogRequestDelivery,
)
from multiagency.log_requests.reading_review import record
from multiagency.log_requests.sealing import opened
from multiagency.log_requests.service_answering import answer_of
from multiagency.people.models import Agency
from multiagency.people.reading import Colleague

TEXTS_OF = ("name", "identity_code", "contact", "subject_name", "subject_code", "identification_note", "older_reason")
"""The sealed columns of a request."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A request in the list: nothing of whose it is. `days_left` is negative when it is overdue, None when closed."""

    row: LogRequest
    agency: Agency
    days_left: int | None


@dataclass(frozen=True, slots=True)
class ClarificationView:
    """A suspicion of misuse, opened; `answer` is empty while it waits."""

    row: LogRequestClarification
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request, opened, with what has become of it."""

    listed: Listed
    texts: dict[str, str]
    taken_by: Colleague
    answer: LogRequestAnswer | None
    delivery: LogRequestDelivery | None
    clarifications: list[ClarificationView]


async def listed(work: Work, start: int = 0) -> Portion[Listed]:
    """Return the requests in sight: open ones by deadline, the nearest first, then closed ones, the newest first."""
    query = select(LogRequest, Agency).join(Agency, Agency.id == LogRequest.controller_id)
    is_open = LogRequest.closed_at.is_(None)
    order = (~is_open, case((is_open, LogRequest.due_on)), LogRequest.closed_at.desc(), LogRequest.id)
    found = await portion(work, query.order_by(*order), start)
    for row, _ in found.rows:
        record(work, Mode.READ, row, Kind.IDENTITY)
    if not found.rows:
        work.record(Mode.READ, {Kind.IDENTITY})
    day = today()
    return found.of([_listed(row, agency, day) for row, agency in found.rows])


def _listed(row: LogRequest, agency: Agency, day: date) -> Listed:
    return Listed(row, agency, None if row.closed_at else (row.due_on - day).days)


async def known_request(work: Work, request_id: UUID) -> LogRequest:
    """Return one request. Raises `NotVisible` for one that is not in sight."""
    request = await work.session.get(LogRequest, request_id)
    if request is None:
        raise NotVisible
    record(work, Mode.READ, request, Kind.IDENTITY, Kind.DISCLOSURE)
    return request


async def open_request(work: Work, request: LogRequest) -> RequestView:
    """Open a request with everything that was done about it."""
    agency = await work.session.get_one(Agency, request.controller_id)
    delivery = select(LogRequestDelivery).where(LogRequestDelivery.request_id == request.id)
    asked = select(LogRequestClarification).where(LogRequestClarification.request_id == request.id)
    return RequestView(
        listed=_listed(request, agency, today()),
        texts={column: await opened(work, request, column) for column in TEXTS_OF},
        taken_by=(await authors(work, [request.taken_by_id]))[request.taken_by_id],
        answer=await answer_of(work, request),
        delivery=await work.session.scalar(delivery),
        clarifications=[
            ClarificationView(row, await opened(work, row, "question"), await opened(work, row, "answer"))
            for row in (await work.session.scalars(asked.order_by(LogRequestClarification.recorded_at))).all()
        ],
    )
