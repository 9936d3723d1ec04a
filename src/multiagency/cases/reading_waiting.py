"""What waits in cases: drafts to go on with, parts that were asked for, and for a coordinator the queue."""

from sqlalchemy import func, select

from multiagency.cases.desk import WAITING, acting, seen_on
from multiagency.cases.models import AccessGrant, Case, CasePart
from multiagency.cases.reading_names import client_names
from multiagency.cases.service import PARTS_OPEN
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.policy import RULES
from multiagency.kernel.waiting import ME, MY_AGENCY, Arm, Waiting, Words, waits

PLACE = "/cases/{reference}"
QUEUE = "queue"

OF_A_CASE = {
    "case_id": Case.id,
    "controller_id": Case.controller_id,
    "basis": seen_on(Case.id),
    "reference": Case.reference,
    "team_id": Case.team_id,
}
"""What is told of each case that waits."""
_REFERRED = Case.id.in_(acting(Kind.SHELL, Capability.REFER))
_ASKED = Case.id.in_(acting(Kind.NARRATIVE, Capability.CONTRIBUTE))
_COORDINATED = Case.id.in_(acting(Kind.SHELL, Capability.COORDINATE))

_asked_at = (
    select(func.min(AccessGrant.valid_from))
    .where(AccessGrant.case_id == Case.id, AccessGrant.post_id == ME, AccessGrant.ended_at.is_(None))
    .where(AccessGrant.capability == Capability.CONTRIBUTE)
    .scalar_subquery()
)
_written = select(CasePart.id).where(CasePart.case_id == Case.id, CasePart.controller_id == MY_AGENCY).exists()

_DRAFTS = waits("draft", row_id=Case.id, **OF_A_CASE, since=Case.opened_at).where(Case.stage == "draft", _REFERRED)
_PARTS = waits("part", row_id=Case.id, **OF_A_CASE, since=_asked_at).where(
    Case.stage.in_(PARTS_OPEN), _ASKED, ~_written
)
_SUBMITTED = waits(
    "submitted", row_id=Case.id, **OF_A_CASE, due=Case.agenda_by, since=Case.submitted_at
).where(Case.stage == WAITING, _REFERRED)
_QUEUE = waits(QUEUE, row_id=Case.id, **OF_A_CASE, due=Case.agenda_by, since=Case.submitted_at).where(
    Case.stage == WAITING, Case.team_id.in_(select(func.coordinated_teams())), _COORDINATED
)

_REFERRERS = [
    Arm("draft", _DRAFTS, PLACE, "cases", kind=Kind.SHELL),
    Arm("submitted", _SUBMITTED, PLACE, part="others", kind=Kind.SHELL),
]
_CONTRIBUTORS = [Arm("part", _PARTS, f"{PLACE}/part", "cases", kind=Kind.SHELL, prompt=True)]
_COORDINATORS = [Arm(QUEUE, _QUEUE, PLACE, "cases", part="", kind=Kind.SHELL)]


async def waiting(asked: Waiting) -> list[Arm]:
    """Add what waits for somebody in this role."""
    found = _REFERRERS if RULES[Act.OPEN_CASE].role_may(asked.role) else []
    contributes = RULES[Act.WRITE_PART].role_may(asked.role)
    return [*found, *(_CONTRIBUTORS if contributes else []), *(_COORDINATORS if asked.role is Role.COORDINATOR else [])]


async def words(asked: Words) -> list[tuple[object, dict[str, str]]]:
    """Say whose cases these are, where that is in sight."""
    names = await client_names(asked.work, {row.case_id for row in asked.rows if row.case_id is not None})
    return [(case_id, {"name": name}) for case_id, name in names.items()]
