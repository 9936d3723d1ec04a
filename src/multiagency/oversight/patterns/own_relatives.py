"""Somebody acted on a case that they are kept out of: declared close to a party, found to be one, or their employer is.

Bars are all that the house knows of kinship. Names are not compared: "the client is called like this worker" would tell
an auditor what the client is called.
"""

from datetime import datetime

from sqlalchemy import and_, or_, select

from multiagency.audit.models import AuditDetail
from multiagency.cases.models import AccessBar, BarExemption
from multiagency.cases.reading_references import case_references
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.oversight.patterns.hits import Hit, grouped
from multiagency.oversight.patterns.thresholds import threshold

CODE = "own_relatives"


async def find(work: Work, since: datetime) -> list[Hit]:
    """Return who acted, or tried to, on a case that a bar keeps them out of, before or after it was set.

    A bar that had ended by then, or was set by mistake, is none; nor is an agency's for whoever may stay.
    """
    row, known = AuditDetail, case_references(select(AccessBar.case_id))
    excused = select(BarExemption.id).where(
        BarExemption.bar_id == AccessBar.id, BarExemption.person_id == row.person_id
    )
    against = or_(
        AccessBar.person_id == row.person_id,
        and_(AccessBar.agency_id == row.agency_id, ~excused.correlate(AccessBar, row).exists()),
    )
    mistaken = AccessBar.lifted_reason == "set_by_mistake"
    bars = (
        select(AccessBar.id)
        .where(against, or_(AccessBar.valid_to.is_(None), AccessBar.valid_to > row.at))
        .where(or_(AccessBar.lifted_reason.is_(None), ~mistaken))
    )
    # A refusal names the reference alone; the others are found by the case, which is quicker.
    refused = bars.join(known, known.c.id == AccessBar.case_id).where(known.c.reference == row.case_reference)
    concerned = or_(
        bars.where(AccessBar.case_id == row.case_id).correlate(row).exists(),
        and_(row.case_id.is_(None), row.case_reference.is_not(None), refused.correlate(row).exists()),
    )
    return await grouped(
        work,
        CODE,
        since,
        await threshold(work, "own_relatives_entries"),
        concerned,
        row.act != Act.DECLARE_CONFLICT,
        by=(row.case_reference,),
    )
