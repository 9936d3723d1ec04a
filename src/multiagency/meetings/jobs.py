"""What the worker does: whoever no longer holds their post keeps no seat."""

from typing import Any
from uuid import UUID

from sqlalchemy import Column, Row, Text, Uuid, func, select

from multiagency.cases.desk import shut_desk
from multiagency.cases.events import SightEnded
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.due import each
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work

ENDING_SEATS = "end_seats"
_CASES = (
    Column("id", Uuid),
    Column("reference", Text),
    Column("pathway", Text),
    Column("team_id", Uuid),
    Column("stage_kind", Text),
    Column("controller_id", Uuid),
)


async def end_seats_of_the_gone(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """End the seats of posts that are over, in each case or in the case `only`; return in how many cases."""
    return await each(runtime, presented, Act.END_SEATS, ENDING_SEATS, _cases, _end, only)


async def _cases(work: Work) -> dict[UUID, Row[Any]]:
    listed = func.cases_with_seats_of_the_gone().table_valued(*_CASES)
    return {row.id: row for row in await work.session.execute(select(listed))}


async def _end(work: Work, row: Row[Any]) -> bool:
    await work.publish(SightEnded(shut_desk(work, **row._mapping)))
    return True
