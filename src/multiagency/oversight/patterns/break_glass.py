"""Somebody opened a case in an emergency: each time is looked at afterwards."""

from datetime import datetime

from sqlalchemy import and_, or_

from multiagency.audit.models import AuditDetail
from multiagency.kernel.access import Act
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.oversight.filters import Basis, Filters
from multiagency.oversight.patterns.hits import Hit, grouped
from multiagency.oversight.patterns.thresholds import threshold

CODE = "break_glass"


async def find(work: Work, since: datetime) -> list[Hit]:
    """Return who opened which case, with everything they then did there on that ground."""
    row = AuditDetail
    opened = and_(row.act == Act.BREAK_GLASS, row.mode == Mode.WRITE)
    used = and_(*Filters(basis=Basis.BREAK_GLASS).where())
    about_a_case = row.case_id.is_not(None)  # telling of it is logged without the case
    least = await threshold(work, "break_glass_entries")
    return await grouped(work, CODE, since, least, or_(opened, used), about_a_case, by=(row.case_reference,))
