"""Attaching a case to a request by hand, and taking it off again: for who is recorded without a code, or by another."""

from uuid import UUID

from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid, NotVisible
from multiagency.kernel.ids import as_reference, uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.log_requests.forms import AttachForm, DetachForm
from multiagency.log_requests.models import LogRequest, LogRequestAttachment
from multiagency.log_requests.reading_cases import Candidate, namesakes, people_of
from multiagency.log_requests.reading_review import record, subjects_of
from multiagency.log_requests.sealing import seal
from multiagency.log_requests.service import must_be_open


async def attach_case(work: Work, request: LogRequest, form: AttachForm) -> UUID:
    """Attach the case of somebody whom the request is about; return the id of what can be taken off again.

    The entries of that case wait for a decision, each of them: only a person says that they are about whoever asks.
    Raises `Conflict` when the request is closed or has the case already, `Invalid` for somebody who is not in the case.
    """
    must_be_open(request)
    who = await _who(work, request, form)
    if who.id in {subject.id for subject in await subjects_of(work, request)}:
        raise Conflict("log_request.attached_already")
    row = LogRequestAttachment(
        id=uuid7(),
        request_id=request.id,
        matter_id=who.case_id,
        subject_id=who.id,
        attached_by_id=work.actor.post_id,
        attached_at=now(),
    )
    await seal(work, request, row, reason=form.reason)
    work.session.add(row)
    await work.session.flush()
    record(work, Mode.WRITE, request, Kind.IDENTITY, subjects={request.id, who.id})
    return row.id


async def _who(work: Work, request: LogRequest, form: AttachForm) -> Candidate:
    """Return the one who was chosen: by their id among the namesakes, or in the case with the reference."""
    if not form.case:
        if form.person is None:
            raise Invalid.of("person", "log_request.choose_person")
        offered = await namesakes(work, request)
    else:
        offered = await people_of(work, request, as_reference(form.case))
        if not offered:
            raise Invalid.of("case", "log_request.unknown_case")
    if form.person is not None:
        chosen = [one for one in offered if one.id == form.person]
    elif form.role is None:
        raise Invalid.of("role", "error.missing")
    else:
        chosen = [one for one in offered if one.role == form.role]
    if len(chosen) > 1:
        raise Invalid.of("person", "log_request.several_of_role")
    if not chosen:
        raise Invalid.of("role" if form.person is None else "person", "log_request.nobody_so")
    return chosen[0]


async def take_off(work: Work, request: LogRequest, attachment_id: UUID, form: DetachForm) -> None:
    """Take an attached case off again. Raises `NotVisible` for one that is not on this request, or not any more."""
    row = await work.session.get(LogRequestAttachment, attachment_id)
    if row is None or row.request_id != request.id or row.detached_at is not None:
        raise NotVisible
    must_be_open(request)
    await seal(work, request, row, detached_reason=form.reason)
    row.detached_at, row.detached_by_id = now(), work.actor.post_id
    await work.session.flush()
    record(work, Mode.WRITE, request, Kind.IDENTITY, subjects={request.id, row.subject_id})
