"""Completing a request: the answer or the refusal is made, sealed, and from then on only read."""

import hashlib
from uuid import UUID

from sqlalchemy import select

from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.log_requests.forms import RefusalForm, RequestAnswerForm
from multiagency.log_requests.models import LogRequest, LogRequestAnswer
from multiagency.log_requests.paper_answer import Sorted, answer_pdf, refusal_pdf, sort
from multiagency.log_requests.reading_grounds import grounds_by_id, known_ground
from multiagency.log_requests.reading_review import record, review, subjects_of
from multiagency.log_requests.sealing import opened_bytes, seal, seal_bytes
from multiagency.log_requests.service import must_be_open
from multiagency.people.service_notices import settle

ANSWERED, REFUSED = "answered", "refused"


async def prepare(work: Work, request: LogRequest) -> Sorted:
    """Return what an answer would hold. Raises `Conflict` when it is closed, or while an entry waits for a decision."""
    must_be_open(request)
    entries = await review(work, request)
    if any(entry.waits for entry in entries):
        raise Conflict("log_request.still_waits")
    return sort(entries)


async def answer(work: Work, request: LogRequest, form: RequestAnswerForm) -> None:
    """Make the answer from the completed review. Raises what `prepare` does, and `Invalid` until it is confirmed.

    An answer of nothing is confirmed by itself: the person may be recorded without a code, or under another name.
    """
    found = await prepare(work, request)
    if not form.confirmed:
        raise Invalid.of("confirmed", "log_request.confirm")
    if found.nothing and not form.nothing_confirmed:
        raise Invalid.of("nothing_confirmed", "log_request.confirm_nothing")
    document = await answer_pdf(work, request, found, await grounds_by_id(work))
    row = _row(work, request, ANSWERED, given=len(found.given), withheld=len(found.withheld))
    await _close(work, request, row, document)


async def prepare_refusal(work: Work, request: LogRequest, form: RefusalForm) -> UUID:
    """Check a refusal; return its ground. Raises `Conflict` when it is closed, `Invalid` for a ground not in force."""
    must_be_open(request)
    return (await known_ground(work, request.track, form.ground, whole=True)).id


async def refuse(work: Work, request: LogRequest, form: RefusalForm) -> None:
    """Refuse the request as a whole: written, on a ground, with reasons (703/2023 section 11)."""
    ground_id = await prepare_refusal(work, request, form)
    if not form.confirmed:
        raise Invalid.of("confirmed", "log_request.confirm")
    document = await refusal_pdf(work, request, (await grounds_by_id(work))[ground_id], form.reason)
    row = _row(work, request, REFUSED, ground_id=ground_id)
    await seal(work, request, row, reason=form.reason)
    await _close(work, request, row, document)


def _row(
    work: Work, request: LogRequest, outcome: str, *, given: int = 0, withheld: int = 0, ground_id: UUID | None = None
) -> LogRequestAnswer:
    return LogRequestAnswer(
        id=uuid7(),
        request_id=request.id,
        outcome=outcome,
        ground_id=ground_id,
        given=given,
        withheld=withheld,
        decided_by_id=work.actor.post_id,
        decided_at=now(),
    )


async def _close(work: Work, request: LogRequest, row: LogRequestAnswer, document: bytes) -> None:
    row.digest = hashlib.sha256(document).hexdigest()
    await seal_bytes(work, request, row, document=document)
    work.session.add(row)
    await work.session.flush()
    request.outcome, request.closed_at = row.outcome, row.decided_at
    await work.session.flush()
    reminded = select(LogRequest.id).where(LogRequest.closed_at.is_(None), LogRequest.reminded_at.is_not(None))
    if await work.session.scalar(reminded.limit(1)) is None:
        await settle(work, "/log-requests", "log_request_due")
    record(work, Mode.WRITE, request, Kind.IDENTITY, Kind.DISCLOSURE)


async def answer_of(work: Work, request: LogRequest) -> LogRequestAnswer | None:
    """Return the answer of a request, if there is one."""
    return await work.session.scalar(select(LogRequestAnswer).where(LogRequestAnswer.request_id == request.id))


async def document_of(work: Work, request: LogRequest) -> bytes:
    """Return the document as it was made, and log that it is given to the client, once per case's subject.

    Raises `Conflict` before there is one.
    """
    found = await answer_of(work, request)
    if found is None:
        raise Conflict("log_request.no_answer_yet")
    document = await opened_bytes(work, found, "document")
    concerned = {subject.id for subject in await subjects_of(work, request)}
    record(work, Mode.DISCLOSE, request, Kind.DISCLOSURE, subjects=concerned, recipient_name=request.reference)
    return document
