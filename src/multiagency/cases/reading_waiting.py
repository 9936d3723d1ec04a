"""What waits in cases: drafts to go on with, parts that were asked for; and whose turn it is in one's other cases."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select

from multiagency.cases.desk import acting, seen_on
from multiagency.cases.models import AccessGrant, Case, CasePart
from multiagency.cases.reading_names import client_names
from multiagency.cases.service import PARTS_OPEN
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import to_helsinki
from multiagency.kernel.policy import RULES
from multiagency.kernel.waiting import ME, MY_AGENCY, Arm, RowWords, WorkWanted, waits
from multiagency.pathways.definition import StageKind
from multiagency.pathways.service import parameter
from multiagency.people import reading as people

PLACE = "/cases/{reference}"
OF_A_CASE: dict[str, Any] = {
    "case_id": Case.id,
    "controller_id": Case.controller_id,
    "case_controller_id": Case.controller_id,
    "reference": Case.reference,
    "team_id": Case.team_id,
}
"""What is told of each case that waits."""
REFERRED = Case.id.in_(acting(Kind.SHELL, Capability.REFER))
COORDINATED = Case.id.in_(acting(Kind.SHELL, Capability.COORDINATE))

_ASKED = Case.id.in_(acting(Kind.NARRATIVE, Capability.CONTRIBUTE))
_asked_at = (
    select(func.min(AccessGrant.valid_from))
    .where(AccessGrant.case_id == Case.id, AccessGrant.post_id == ME, AccessGrant.ended_at.is_(None))
    .where(AccessGrant.capability == Capability.CONTRIBUTE)
    .scalar_subquery()
)
_written = select(CasePart.id).where(CasePart.case_id == Case.id, CasePart.controller_id == MY_AGENCY).exists()

_never_ended = case((Case.round_began_at.is_(None), Case.opened_at))
"""A draft that began a new round is not deleted as one that went nowhere."""
_DRAFTS = waits("draft", row_id=Case.id, **OF_A_CASE, since=Case.opened_at, moment=_never_ended).where(
    Case.stage_kind == StageKind.DRAFT, REFERRED
)
_PARTS = waits("part", row_id=Case.id, **OF_A_CASE, since=_asked_at).where(
    Case.stage_kind.in_(PARTS_OPEN), _ASKED, ~_written
)
_SENT = waits("sent", row_id=Case.id, **OF_A_CASE, due=Case.agenda_by, since=Case.submitted_at).where(
    Case.stage_kind == StageKind.OPEN, REFERRED, Case.agenda_by.is_not(None)
)
_OFFERED = waits("offered", row_id=Case.id, **OF_A_CASE, since=Case.submitted_at).where(
    Case.stage_kind == StageKind.OPEN, REFERRED, Case.agenda_by.is_(None)
)
_TO_TAKE_ON = waits("take_on", row_id=Case.id, **OF_A_CASE, since=Case.submitted_at).where(
    Case.stage_kind == StageKind.OPEN, COORDINATED, Case.agenda_by.is_(None)
)
_OF_REFERRERS = [
    Arm("draft", _DRAFTS, PLACE, "cases", kind=Kind.SHELL, basis=seen_on),
    Arm("sent", _SENT, PLACE, "", "others", Kind.SHELL, seen_on),
    Arm("offered", _OFFERED, PLACE, "", "others", Kind.SHELL, seen_on),
]
_OF_COORDINATORS = [Arm("take_on", _TO_TAKE_ON, PLACE, "cases", kind=Kind.SHELL, basis=seen_on)]
_OF_CONTRIBUTORS = [Arm("part", _PARTS, f"{PLACE}/part", "cases", kind=Kind.SHELL, basis=seen_on, prompt=True)]


async def waiting(asked: WorkWanted) -> list[Arm]:
    """Add what waits for somebody in this role."""
    refers, contributes = (RULES[act].role_may(asked.role) for act in (Act.OPEN_CASE, Act.WRITE_PART))
    coordinates = _OF_COORDINATORS if asked.role is Role.COORDINATOR else []
    return [*(_OF_REFERRERS if refers else []), *(_OF_CONTRIBUTORS if contributes else []), *coordinates]


async def words(asked: RowWords) -> list[tuple[UUID, dict[str, Any]]]:
    """Say whose cases these are, where that is in sight, and when drafts that go nowhere are deleted."""
    case_ids = {row.case_id for row in asked.rows if row.case_id is not None and row.arm.basis is seen_on}
    names = await client_names(asked.work, case_ids | set(asked.also))
    teams = {team.id: team for team in await people.teams(asked.work)}
    found: list[tuple[UUID, dict[str, Any]]] = [(case_id, {"name": name}) for case_id, name in names.items()]
    for row in asked.rows:
        if row.arm.what == "draft" and row.team_id and row.moment:
            days = await parameter(asked.work, teams[row.team_id].pathway, "draft_days", row.team_id)
            found.append((row.row_id, {"deleted": to_helsinki(row.moment + timedelta(days=days)).date()}))
    return found
