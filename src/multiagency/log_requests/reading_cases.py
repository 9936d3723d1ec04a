"""Whose cases a request may be about: by code, attached by hand, and possible namesakes. Ids, roles, references."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Column, LargeBinary, Text, Uuid, func, literal, select

from multiagency.audit.models import AuditDetail
from multiagency.cases.reading_references import case_with, references_of
from multiagency.disclosures.reading import authors
from multiagency.kernel.access import Kind
from multiagency.kernel.identity_code import birth_date
from multiagency.kernel.journal import Mode
from multiagency.kernel.lookup import Looked
from multiagency.kernel.work import Work
from multiagency.log_requests.forms import FOR_ANOTHER
from multiagency.log_requests.models import LogRequest, LogRequestAttachment
from multiagency.log_requests.reading_review import Subject, record, subjects_of
from multiagency.log_requests.sealing import opened
from multiagency.matching.reading_keys import STRONG, keys_of, telling
from multiagency.people.reading import Colleague

_NAMESAKES = (
    *(Column(name, Uuid) for name in ("subject_id", "case_id")),
    *(Column(name, Text) for name in ("role", "what")),
    *(Column(name, Boolean) for name in ("former", "has_code")),
)
_MOST = 50
"""Namesakes that are shown: so many stay under 30 kB, the most likely first."""


@dataclass(slots=True)
class Candidate:
    """Somebody in a case who may be the person of the request; `what` agrees, `has_code` says that another code stands.

    `number` tells those apart who have the same role in the same case, in the order in which they were recorded.
    """

    id: UUID
    case_id: UUID
    reference: str
    role: str
    what: list[Looked] = field(default_factory=list)
    former: bool = True
    has_code: bool = False
    number: int = 1


@dataclass(frozen=True, slots=True)
class Attached:
    """A case that was attached by hand, and why."""

    row: LogRequestAttachment
    reference: str
    role: str
    reason: str
    by: Colleague


@dataclass(frozen=True, slots=True)
class Cases:
    """What was searched by, and what was found: by code (a former one), attached, and who else it could be."""

    name: str
    code: str
    found: list[tuple[Subject, str]]
    attached: list[Attached]
    namesakes: list[Candidate]


async def cases_of(work: Work, request: LogRequest) -> Cases:
    """Return it all; every namesake is logged as looked up."""
    subjects = await subjects_of(work, request)
    references = await references_of(work, {one.case_id for one in subjects})
    by_code = [(one, references.get(one.case_id, "")) for one in subjects if one.how != "attached"]
    name, code = await _searched(work, request)
    attached = await _attached(work, request, subjects)
    return Cases(name, code, by_code, attached, await namesakes(work, request))


async def _searched(work: Work, request: LogRequest) -> tuple[str, str]:
    """Return the name and the code of the person whose log it is."""
    another = request.capacity in FOR_ANOTHER
    columns = ("subject_name", "subject_code") if another else ("name", "identity_code")
    name, code = [await opened(work, request, column) for column in columns]
    return name, code


async def namesakes(work: Work, request: LogRequest) -> list[Candidate]:
    """Return who goes by the same or a similar name in cases of which the addressed agency has entries.

    The likeliest stand first: by what agrees, and those without a code before those who have another.
    """
    name, code = await _searched(work, request)
    born = [birth_date(code).isoformat()] if code else []
    hashes = [hashed for _, hashed in keys_of(work.tools.lookup, [name], born, "")]
    wanted = literal(hashes, ARRAY(LargeBinary))
    asked = func.log_request_namesakes(request.id, wanted).table_valued(*_NAMESAKES)
    rows = (await work.session.execute(select(asked))).all()
    ours = await _with_entries(work, request, cases := {row.case_id for row in rows})
    references = await references_of(work, cases)
    found: dict[UUID, Candidate] = {}
    for row in rows:
        if row.case_id in ours:
            about = (row.subject_id, row.case_id, references.get(row.case_id, ""), row.role)
            one = found.setdefault(row.subject_id, Candidate(*about, has_code=row.has_code))
            one.what.append(Looked(row.what))
            one.former = one.former and row.former
    for one in found.values():
        one.what = telling(one.what)
    record(work, Mode.READ, request, Kind.IDENTITY, subjects=found.keys())
    return _numbered(sorted(found.values(), key=_likelihood)[:_MOST])


def _likelihood(one: Candidate) -> tuple[bool, bool, int, UUID]:
    first = list(Looked).index(one.what[0])
    return one.has_code, STRONG.isdisjoint(one.what), first, one.id


async def people_of(work: Work, request: LogRequest, reference: str) -> list[Candidate]:
    """Return who is in the case with this reference; nobody where there is none such in sight."""
    case_id = await case_with(work, reference)
    if case_id is None:
        return []
    asked = func.people_in_case(case_id).table_valued(Column("subject_id", Uuid), Column("role", Text))
    rows = (await work.session.execute(select(asked).order_by(asked.c.subject_id))).all()
    record(work, Mode.READ, request, Kind.IDENTITY, subjects={row.subject_id for row in rows})
    return _numbered([Candidate(row.subject_id, case_id, reference, row.role) for row in rows])


def _numbered(found: list[Candidate]) -> list[Candidate]:
    counted: dict[tuple[UUID, str], int] = {}
    for one in sorted(found, key=lambda one: one.id):
        place = one.case_id, one.role
        one.number = counted[place] = counted.get(place, 0) + 1
    return found


async def _attached(work: Work, request: LogRequest, subjects: Iterable[Subject]) -> list[Attached]:
    query = select(LogRequestAttachment).where(
        LogRequestAttachment.request_id == request.id, LogRequestAttachment.detached_at.is_(None)
    )
    rows = list(await work.session.scalars(query.order_by(LogRequestAttachment.attached_at)))
    references = await references_of(work, {row.matter_id for row in rows})
    who = await authors(work, [row.attached_by_id for row in rows]) if rows else {}
    roles = {subject.id: subject.role for subject in subjects}
    return [
        Attached(
            row,
            references.get(row.matter_id, ""),
            roles.get(row.subject_id, ""),
            await opened(work, row, "reason"),
            who[row.attached_by_id],
        )
        for row in rows
    ]


async def _with_entries(work: Work, request: LogRequest, cases: set[UUID]) -> set[UUID]:
    """Return those of the cases of which the log holds entries of the addressed agency."""
    query = select(AuditDetail.case_id).where(
        AuditDetail.case_id.in_(cases), AuditDetail.controller_id == request.controller_id
    )
    return {case for case in await work.session.scalars(query.distinct()) if case is not None} if cases else set()
