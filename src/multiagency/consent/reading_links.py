"""The cases that a case is linked to, as far as both are in sight."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select

from multiagency.cases.desk import Desk, rest_on_grants
from multiagency.cases.models import Case
from multiagency.cases.reading_first import CaseId, Rows
from multiagency.consent.models import CaseLink
from multiagency.consent.reading_deciding import party_name


@dataclass(slots=True)
class LinkView:
    """A linked case, and who answered yes to naming both, when and how; `givers` are names, none for the client."""

    reference: str
    pathway: str
    stage: str
    opened_at: datetime
    answered_on: date
    how: str
    givers: list[str] = field(default_factory=list)


def linked(case_id: CaseId) -> Rows:
    """Ask whether the case is linked to another that is in sight too."""
    return select(func.is_linked(case_id).label("linked"))


_LINKS = (
    select(CaseLink, Case)
    .join(Case, Case.id == CaseLink.other_case_id)
    .where(CaseLink.case_id == bindparam("case"))
    .order_by(CaseLink.recorded_at, CaseLink.id)
)


async def links(desk: Desk) -> list[LinkView]:
    """Return the linked cases, the first linked first; none of which the actor does not see as well."""
    found: dict[UUID, LinkView] = {}
    cases: dict[UUID, Case] = {}
    for row, case in await desk.work.session.execute(_LINKS, {"case": desk.case.id}):
        cases[case.id] = case
        about = (case.reference, case.pathway, case.stage, case.opened_at, row.answered_on, row.how)
        view = found.setdefault(case.id, LinkView(*about))
        if row.giver_id is not None:
            view.givers.append(await party_name(desk, row.giver_id))
    if cases:
        await rest_on_grants(desk.work, list(cases.values()))
    return list(found.values())
