"""The worker's reminder: a protection of an address ends soon, and whoever refers the case is told, once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, Row, Text, Uuid, func, select, update

from multiagency.cases.reading_holders import posts_that_may
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now, today
from multiagency.kernel.due import each
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.pathways.service import parameter
from multiagency.people.service_notices import tell
from multiagency.safeguards.models import AddressProtection

REMINDING = "remind_of_protections"
_ENDING = (
    Column("id", Uuid),
    Column("case_id", Uuid),
    Column("reference", Text),
    Column("pathway", Text),
    Column("team_id", Uuid),
    Column("valid_until", Date),
)


async def remind(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """Remind of every protection that ends within the team's `protection_reminder_days`; return of how many.

    With `only`, of that one.
    """
    return await each(runtime, presented, Act.REMIND_OF_EXPIRY, REMINDING, _ending, _remind, only)


async def _ending(work: Work) -> dict[UUID, Row[Any]]:
    listed = func.ending_protections().table_valued(*_ENDING)
    return {row.id: row for row in await work.session.execute(select(listed))}


async def _remind(work: Work, row: Row[Any]) -> bool:
    days = await parameter(work, row.pathway, "protection_reminder_days", row.team_id)
    if row.valid_until > today() + timedelta(days=days):
        return False
    posts = await posts_that_may(work, row.case_id, Capability.REFER)
    if not posts:
        return False  # whoever takes the case over is told then
    mark = update(AddressProtection).where(AddressProtection.id == row.id).values(reminded_at=now())
    await work.session.execute(mark, execution_options={"synchronize_session": False})
    about = {"case_id": row.case_id, "case_reference": row.reference, "controller_id": posts[0].agency_id}
    work.record(Mode.WRITE, {Kind.CONTACT}, subjects=[row.case_id], **about)
    await tell(work, posts, "protection_expires", f"/cases/{row.reference}/protection", row.case_id)
    return True
