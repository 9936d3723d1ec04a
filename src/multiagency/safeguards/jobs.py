"""The worker's reminder: a protection of an address ends soon, and whoever refers the case is told, once."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Column, Date, Text, Uuid, func, select, update

from multiagency.cases.reading_holders import posts_that_may
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now, today
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.pathways.service import parameter
from multiagency.people.service_notices import tell
from multiagency.safeguards.models import AddressProtection

_ENDING = (
    Column("id", Uuid),
    Column("case_id", Uuid),
    Column("reference", Text),
    Column("pathway", Text),
    Column("team_id", Uuid),
    Column("valid_until", Date),
)


async def remind(runtime: Runtime, presented: Presented) -> int:
    """Remind of every protection that ends within the team's `protection_reminder_days`; return of how many."""
    reminded = 0
    async with runtime.unit_of_work(presented, Act.REMIND_OF_EXPIRY) as work:
        day = today()
        rows = (await work.session.execute(select(func.ending_protections().table_valued(*_ENDING)))).all()
        for row in rows:
            days = await parameter(work, row.pathway, "protection_reminder_days", row.team_id)
            if row.valid_until <= day + timedelta(days=days):
                reminded += await _remind(work, row.id, row.case_id, row.reference)
    return reminded


async def _remind(work: Work, protection_id: UUID, case_id: UUID, reference: str) -> bool:
    posts = await posts_that_may(work, case_id, Capability.REFER)
    if not posts:
        return False  # whoever takes the case over is told then
    mark = update(AddressProtection).where(AddressProtection.id == protection_id).values(reminded_at=now())
    await work.session.execute(mark, execution_options={"synchronize_session": False})
    about = {"case_id": case_id, "case_reference": reference, "controller_id": posts[0].agency_id}
    work.record(Mode.WRITE, {Kind.CONTACT}, subjects=[case_id], **about)
    await tell(work, posts, "protection_expires", f"/cases/{reference}/protection", case_id)
    return True
