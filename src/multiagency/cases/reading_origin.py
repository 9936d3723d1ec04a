"""Why a case was opened and where the concern came from, for whoever may be told what it is about."""

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.models import Origin
from multiagency.cases.reading_first import CaseId, Rows, first
from multiagency.kernel.access import Kind


def origin(case_id: CaseId) -> Rows:
    """Ask why the case was opened."""
    return select(Origin).where(Origin.case_id == case_id)


def has_origin(desk: Desk) -> bool:
    """Tell whether the model asks for it, and the actor may be told."""
    target = desk.model.target
    return bool(target.reasons or target.sources) and Kind.NARRATIVE in desk.kinds


async def origin_of(desk: Desk) -> Origin | None:
    """Return it; None where there is none in sight."""
    found: Origin | None = await first(desk, origin) if has_origin(desk) else None
    return found
