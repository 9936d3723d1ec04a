"""Taking a request in, deciding about entries, handing the answer over, explaining; with `answering.py`, the writers.

Everything a line of the journal says of a request names it as the matter, and its agency as the controller.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from multiagency.kernel.access import Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import later, now, today
from multiagency.kernel.errors import Conflict, FieldError, Invalid, NotVisible
from multiagency.kernel.identity_code import age_on, birth_date
from multiagency.kernel.ids import reference, uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.lookup import Looked
from multiagency.kernel.work import Work
from multiagency.log_requests.forms import (
    FOR_ANOTHER,
    ClarificationForm,
    DecisionForm,
    ExplanationForm,
    RequestDeliveryForm,
    RequestForm,
)
from multiagency.log_requests.models import (
    BASES,
    RETENTION,
    LogRequest,
    LogRequestAnswer,
    LogRequestClarification,
    LogRequestDecision,
    LogRequestDelivery,
)
from multiagency.log_requests.reading_clocks import due_on
from multiagency.log_requests.reading_grounds import known_ground
from multiagency.log_requests.reading_review import Reviewed, record, review
from multiagency.log_requests.sealing import seal
from multiagency.pathways.reading_ages import question_of_code
from multiagency.pathways.service import law
from multiagency.people.models import Agency, AgencyKind, Person

_KEEPS_BACK = frozenset({"release_without_name", "withhold", "withhold_silently"})


async def take(work: Work, form: RequestForm) -> LogRequest:
    """Record a request and count its deadline from the day it arrived.

    Raises `Invalid`: another agency than the intake's own, a track that is not the agency's, somebody asking for
    another without naming them, a request of or about whoever takes it in, ages that do not fit the capacity, a period
    that is backwards or older without reason.
    """
    agency, arrived = await _addressed(work, form), form.arrived_on or today()
    period_from = form.period_from or later(arrived, years=-await law(work, "log_request_period_years"))
    period_to = form.period_to or arrived
    await _check(work, form, agency, arrived, period_from, period_to)
    whose = form.subject_code if form.capacity in FOR_ANOTHER else form.identity_code
    request = LogRequest(
        id=uuid7(),
        reference=reference(),
        controller_id=agency.id,
        retention_class=RETENTION,
        arrived_on=arrived,
        period_from=period_from,
        period_to=period_to,
        due_on=await due_on(work, form.track, arrived),
        requester_hash=_hashed(work, form.identity_code),
        subject_hash=_hashed(work, whose),
        taken_by_id=work.actor.post_id,
        taken_at=now(),
        **form.model_dump(include={"track", "capacity", "language", "identified_by"}),
    )
    request.fee_possible = await _asked_lately(work, request)
    texts = ("name", "identity_code", "contact", "subject_name", "subject_code", "identification_note", "older_reason")
    await seal(work, request, request, **form.model_dump(include=set(texts)))
    work.session.add(request)
    await work.session.flush()
    record(work, Mode.WRITE, request, Kind.IDENTITY)
    return request


def _hashed(work: Work, code: str) -> bytes | None:
    return work.tools.lookup.hash(Looked.IDENTITY_CODE, code) if code else None


async def _addressed(work: Work, form: RequestForm) -> Agency:
    """Return the agency that is asked: an intake's own, an auditor's choice."""
    own = work.actor.agency_id if work.actor.role is Role.INTAKE else None
    if own and form.agency not in {None, own}:
        raise Invalid.of("agency", "log_request.own_agency_only")
    wanted = own or form.agency
    agency = await work.session.get(Agency, wanted) if wanted else None
    if agency is None:
        raise Invalid.of("agency", "error.unknown_agency" if wanted else "error.missing")
    return agency


async def _check(
    work: Work, form: RequestForm, agency: Agency, arrived: date, period_from: date, period_to: date
) -> None:
    errors = []
    if (form.track == "police") != (agency.kind == AgencyKind.POLICE):
        errors.append(FieldError("track", "log_request.wrong_track"))
    if arrived > today():
        errors.append(FieldError("arrived_on", "error.in_future"))
    if form.identified_by == "known_to_worker" and not form.identification_note:
        errors.append(FieldError("identification_note", "error.missing"))
    elif not form.identity_code and not form.identification_note:
        errors.append(FieldError("identification_note", "log_request.how_without_code"))
    if period_from > period_to:
        errors.append(FieldError("period_from", "log_request.period_backwards"))
    if period_to > arrived:
        errors.append(FieldError("period_to", "log_request.period_after_arrival"))
    usual = later(arrived, years=-await law(work, "log_request_period_years"))
    if period_from < usual and not form.older_reason:
        errors.append(FieldError("older_reason", "log_request.older_needs_reason"))
    errors += _people(form, arrived, await law(work, "adult_age"))
    errors += await _ages(work, form)
    errors += await _oneself(work, form)
    if errors:
        raise Invalid(*errors)


def _people(form: RequestForm, arrived: date, adult_age: int) -> list[FieldError]:
    """Tell what is wrong with who asks for whom; a minor asks as one, and a guardian asks for a minor.

    Ages come from the codes: without one whoever identifies the person looks at it.
    """

    def minor(code: str) -> bool:
        return age_on(arrived, birth_date(code)) < adult_age

    if form.capacity in FOR_ANOTHER:
        if not form.subject_name:
            return [FieldError("subject_name", "error.missing")]
        if not form.subject_code:
            return []
        if form.subject_code == form.identity_code:
            return [FieldError("subject_code", "log_request.same_person")]
        if form.capacity == "guardian" and not minor(form.subject_code):
            return [FieldError("subject_code", "log_request.not_a_minor")]
        return []
    errors = [
        FieldError(n, "log_request.only_for_another") for n in ("subject_name", "subject_code") if getattr(form, n)
    ]
    if form.identity_code and (form.capacity == "minor") != minor(form.identity_code):
        errors.append(FieldError("capacity", "log_request.age_says_otherwise"))
    return errors


async def _ages(work: Work, form: RequestForm) -> list[FieldError]:
    """Ask about an unlikely age, first of the person whose log it is."""
    codes = (form.subject_code, form.identity_code) if not form.age_confirmed else ()
    asked = [question for code in codes if (question := await question_of_code(work, code))]
    return asked[:1]


async def _oneself(work: Work, form: RequestForm) -> list[FieldError]:
    """Tell that nobody takes in what they ask themselves, or what is asked about them.

    Their own code is all that this looks at: what else they must not handle row security keeps out of their sight once
    it is recorded, and a refusal here would tell them of a case.
    """
    own = (await work.session.get_one(Person, work.actor.person_id)).identity_hash
    typed = {name: getattr(form, name) for name in ("identity_code", "subject_code")}
    hashed = {name: work.tools.lookup.hash(Looked.IDENTITY_CODE, code) for name, code in typed.items() if code}
    return [FieldError(name, "log_request.oneself") for name, known in hashed.items() if known == own]


async def _asked_lately(work: Work, request: LogRequest) -> bool:
    """Tell whether the same person asked the same agency for the same person's log within a year: a fee may follow.

    Without codes nobody is known to be the same.
    """
    if request.requester_hash is None or request.subject_hash is None:
        return False
    since = later(request.arrived_on, years=-await law(work, "log_request_repeat_years"))
    same = select(LogRequest.id).where(
        LogRequest.controller_id == request.controller_id,
        LogRequest.subject_hash == request.subject_hash,
        LogRequest.requester_hash == request.requester_hash,
        LogRequest.arrived_on > since,
    )
    earlier = await work.session.scalar(same.limit(1))
    if earlier is not None:
        work.rests_on(earlier, BASES[request.track])
    return earlier is not None


def must_be_open(request: LogRequest) -> None:
    """Raise `Conflict` when the request has been answered or refused: what went out stands."""
    if request.closed_at is not None:
        raise Conflict("log_request.closed")


async def decide(work: Work, request: LogRequest, form: DecisionForm) -> None:
    """Decide about the chosen entries; a later decision about the same entry takes the earlier one's place.

    Raises `Invalid` for an entry that is not in the review or that only the law decides about, for keeping back without
    a ground of this track and a reason, and for acknowledging what is genuine (or giving out what is not).
    """
    must_be_open(request)
    if not form.entries:
        raise Invalid.of("entries", "log_request.choose_entries")
    found = {entry.id: entry for entry in await review(work, request)}
    for entry_id in form.entries:
        _must_be_decidable(found.get(entry_id), form)
    ground_id = None
    if form.decision in _KEEPS_BACK:
        ground_id = (await known_ground(work, request.track, form.ground, whole=False)).id
        if not form.reason:
            raise Invalid.of("reason", "error.missing")
    elif form.ground:
        raise Invalid.of("ground", "log_request.no_ground_needed")
    for entry_id in dict.fromkeys(form.entries):
        row = LogRequestDecision(
            id=uuid7(),
            request_id=request.id,
            entry_id=entry_id,
            decision=form.decision,
            ground_id=ground_id,
            decided_by_id=work.actor.post_id,
            decided_at=now(),
        )
        await seal(work, request, row, reason=form.reason)
        work.session.add(row)
    await work.session.flush()
    record(work, Mode.WRITE, request, Kind.IDENTITY, Kind.DISCLOSURE)


def _must_be_decidable(entry: Reviewed | None, form: DecisionForm) -> None:
    if entry is None:
        raise Invalid.of("entries", "log_request.unknown_entry")
    if entry.truth == "changed" and form.decision == "acknowledge":
        return
    if entry.kept:
        raise Invalid.of("entries", "log_request.kept_by_law")
    if (form.decision == "acknowledge") or entry.truth != "genuine":
        raise Invalid.of("decision", "log_request.only_changed_is_acknowledged")


async def deliver(work: Work, request: LogRequest, form: RequestDeliveryForm) -> None:
    """Record, once, how and when the answer was handed over. Raises `Conflict` before there is one, or twice."""
    answer = await work.session.scalar(select(LogRequestAnswer).where(LogRequestAnswer.request_id == request.id))
    if answer is None:
        raise Conflict("log_request.no_answer_yet")
    delivered = select(LogRequestDelivery.id).where(LogRequestDelivery.request_id == request.id)
    if await work.session.scalar(delivered) is not None:
        raise Conflict("log_request.delivered_already")
    if not answer.decided_at <= form.delivered_at <= now():
        late = form.delivered_at > now()
        raise Invalid.of("delivered_at", "error.in_future" if late else "log_request.before_the_answer")
    work.session.add(
        LogRequestDelivery(
            id=uuid7(),
            request_id=request.id,
            recorded_by_id=work.actor.post_id,
            recorded_at=now(),
            **form.model_dump(),
        )
    )
    await work.session.flush()
    record(work, Mode.WRITE, request, Kind.IDENTITY, Kind.DISCLOSURE)


async def ask_to_explain(work: Work, request: LogRequest, form: ClarificationForm) -> UUID:
    """Record that the client suspects misuse and asks for an explanation (703/2023 section 11); return its id."""
    asked_on = form.asked_on or today()
    if asked_on > today():
        raise Invalid.of("asked_on", "error.in_future")
    row = LogRequestClarification(
        id=uuid7(),
        request_id=request.id,
        asked_on=asked_on,
        recorded_by_id=work.actor.post_id,
        recorded_at=now(),
    )
    await seal(work, request, row, question=form.question)
    work.session.add(row)
    await work.session.flush()
    record(work, Mode.WRITE, request, Kind.IDENTITY, Kind.DISCLOSURE)
    return row.id


async def explain(work: Work, request: LogRequest, clarification_id: UUID, form: ExplanationForm) -> None:
    """Answer such a question, once, with reasons. Raises `NotVisible` for an unknown one, `Conflict` twice."""
    row = await work.session.get(LogRequestClarification, clarification_id)
    if row is None or row.request_id != request.id:
        raise NotVisible
    if row.answered_at is not None:
        raise Conflict("log_request.explained_already")
    await seal(work, request, row, answer=form.answer)
    row.finding, row.answered_by_id, row.answered_at = form.finding, work.actor.post_id, now()
    await work.session.flush()
    record(work, Mode.WRITE, request, Kind.IDENTITY, Kind.DISCLOSURE)
