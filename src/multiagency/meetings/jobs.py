"""What the worker does: whoever no longer holds their post keeps no seat."""

from sqlalchemy import Column, Text, Uuid, func, select

from multiagency.cases.desk import shut_desk
from multiagency.cases.events import SightEnded
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.runtime import Runtime

_CASES = (
    Column("id", Uuid),
    Column("reference", Text),
    Column("pathway", Text),
    Column("team_id", Uuid),
    Column("stage", Text),
    Column("controller_id", Uuid),
)


async def end_seats_of_the_gone(runtime: Runtime, presented: Presented) -> int:
    """End the seats of posts that are over, each case in a unit of work of its own; return in how many cases."""
    async with runtime.unit_of_work(presented, Act.END_SEATS) as work:
        found = (await work.session.execute(select(func.cases_with_seats_of_the_gone().table_valued(*_CASES)))).all()
    for row in found:
        async with runtime.unit_of_work(presented, Act.END_SEATS) as work:
            await work.publish(SightEnded(shut_desk(work, **row._mapping)))
    return len(found)
