"""The review: what the log holds about one person that is the addressed agency's, opened, with what was decided of it.

The plain columns of the log only help to find entries. Whose an entry is, and everything shown of it, comes from the
detail that its hashed bytes commit to. Nothing about anybody else comes in, and nothing of another controller.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Select, Text, Uuid, and_, func, or_, select

from multiagency.audit.models import AuditDetail, AuditEntry, AuditSequence, plausible
from multiagency.audit.reading import EntryView, open_entry
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import begin_of, end_of
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.log_requests.forms import FOR_ANOTHER
from multiagency.log_requests.models import BASES, LogRequest, LogRequestDecision

CLIENT, BY_CODE = "client", "code"
_FOUND = (
    *(Column(name, Uuid) for name in ("subject_id", "case_id")),
    Column("role", Text),
    Column("kept", Boolean),
    Column("how", Text),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The person of the request in one case: the client, or in some role in a case about somebody else.

    `how` is code, former_code (corrected since, perhaps because it was not theirs) or attached (by hand).
    """

    id: UUID
    case_id: UUID
    role: str
    kept: bool
    how: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One entry. `kept` tells that the law keeps its case from whoever asks, and that they are not told so.

    `sensitive` tells that even that it exists may say too much: it is about a party in somebody else's case, asked for
    on behalf of another (`revealing`), or no code says that the case is this person's (`how`). Nothing of such an entry
    goes out, not even as a number, without a decision. `truth` is genuine, changed or erased.
    """

    id: UUID
    view: EntryView
    truth: str
    role: str
    kept: bool
    how: str
    revealing: bool
    decision: LogRequestDecision | None

    @property
    def sensitive(self) -> bool:
        """Whether it goes out only when somebody has decided so."""
        return self.revealing or self.uncertain

    @property
    def uncertain(self) -> bool:
        """Whether no code that stands today says that it is this person's case."""
        return self.how != BY_CODE

    @property
    def decided(self) -> str:
        """What was decided, empty when nothing was."""
        return self.decision.decision if self.decision else ""

    @property
    def waits(self) -> bool:
        """Whether the review cannot be completed before something is decided about this entry."""
        if self.truth == "changed":
            return self.decided != "acknowledge"
        return self.truth == "genuine" and self.sensitive and not self.kept and not self.decided


def record(
    work: Work, mode: Mode, request: LogRequest, *kinds: Kind, subjects: Iterable[UUID] = (), **about: Any
) -> None:
    """Log what was done with a request: it is the matter, and its own subject unless people of cases are.

    A recipient outside the service is named by the request's reference, never by name.
    """
    work.record(
        mode,
        kinds,
        subjects=sorted(subjects) or [request.id],
        case_id=request.id,
        case_reference=request.reference,
        controller_id=request.controller_id,
        basis=BASES[request.track],
        **about,
    )


async def review(work: Work, request: LogRequest) -> list[Reviewed]:
    """Return the entries of the request in the order of time; logged as read once per case's subject."""
    subjects = await subjects_of(work, request)
    decisions = await decisions_of(work, request)
    begin, until = _period(request)
    found = []
    for row in (await work.session.execute(_query(request, subjects))).all() if subjects else []:
        view = await open_entry(work, row)
        if _committed(view) and view.made_at and not begin <= view.made_at < until:
            continue
        subject = _whose(request, view, row[2], subjects)
        if subject is not None:
            found.append(_reviewed(request, view, subject, decisions.get(view.id)))
    record(work, Mode.READ, request, Kind.DISCLOSURE, subjects={subject.id for subject in subjects})
    return found


def _reviewed(request: LogRequest, view: EntryView, subject: Subject, decision: LogRequestDecision | None) -> Reviewed:
    truth = "genuine" if _committed(view) else "erased" if view.erased else "changed"
    revealing = subject.role != CLIENT or request.capacity in FOR_ANOTHER
    return Reviewed(view.id, view, truth, subject.role, subject.kept, subject.how, revealing, decision)


async def subjects_of(work: Work, request: LogRequest) -> list[Subject]:
    """Return who the person is in which case; the database answers for a recorded request, to auditors only."""
    asked = func.log_request_subjects(request.id).table_valued(*_FOUND)
    return [Subject(*row) for row in await work.session.execute(select(asked))]


async def decisions_of(work: Work, request: LogRequest) -> dict[UUID, LogRequestDecision]:
    """Return the newest decision of each entry."""
    query = select(LogRequestDecision).where(LogRequestDecision.request_id == request.id)
    rows = await work.session.scalars(query.order_by(LogRequestDecision.decided_at, LogRequestDecision.id))
    return {row.entry_id: row for row in rows}


def _query(request: LogRequest, subjects: Iterable[Subject]) -> Select[int, AuditEntry, AuditDetail]:
    """Everything in the period that names the person or their cases, and had happened when the request was taken in.

    An entry whose column holds no time that can be comes in too, or whoever put it there would keep it from the client.
    """
    ids, cases = [subject.id for subject in subjects], [subject.case_id for subject in subjects]
    begin, until = _period(request)
    inside = and_(AuditEntry.at >= begin, AuditEntry.at < until)
    return (
        select(AuditSequence.index, AuditEntry, AuditDetail)
        .join(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
        .outerjoin(AuditSequence, AuditSequence.entry_id == AuditEntry.id)
        .where(or_(AuditDetail.subject_id.in_(ids), AuditDetail.case_id.in_(cases)))
        .where(or_(inside, ~plausible(AuditEntry.at)))
        .order_by(AuditEntry.at, AuditEntry.id)
    )


def _period(request: LogRequest) -> tuple[datetime, datetime]:
    return begin_of(request.period_from), min(end_of(request.period_to), request.taken_at)


def _committed(view: EntryView) -> bool:
    """Tell whether the detail is what was hashed, also where false columns beside it mislead whoever searches."""
    return view.detail is not None and (view.genuine or view.misleading)


def _whose(
    request: LogRequest, view: EntryView, plain: AuditDetail | None, subjects: Iterable[Subject]
) -> Subject | None:
    """Return the subject of an entry, or None when it is not the person's or not this agency's.

    A changed detail proves nothing, nor do the columns beside it: whatever leads to the person is then shown as such.
    """
    by_id = {str(subject.id): subject for subject in subjects}
    if _committed(view) and view.detail is not None:
        ours = view.detail.get("controller") == str(request.controller_id)
        return by_id.get(view.detail.get("subject") or "") if ours else None
    if plain is None:
        return None
    if view.erased and plain.controller_id != request.controller_id:
        return None
    same_case = next((subject for subject in subjects if subject.case_id == plain.case_id), None)
    return by_id.get(str(plain.subject_id)) or (None if view.erased else same_case)
