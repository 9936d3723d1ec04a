"""The worker's look at posts that are over: whoever must act is told of what they left, once; deputies get what is new.

Sight itself ended with the post, for a session needs one that holds; what is left is handed on by people.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Column, Row, Text, Uuid, func, select

from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.due import each
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.people.models import Post
from multiagency.people.service_notices import tell
from multiagency.safeguards.models import Departure
from multiagency.safeguards.reading_supervision import SUPERVISION
from multiagency.safeguards.service_deputies import fill

LOOKING_AFTER = "look_after_departures"
_LEFT = (
    Column("post_id", Uuid),
    Column("case_id", Uuid),
    Column("reference", Text),
    Column("controller_id", Uuid),
    Column("told", Uuid),
)


async def look_after(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """Tell of every post that is over and holds work still, or of the post `only`; return of how many.

    Each case is told of once. What nobody can be told of waits until somebody can.
    """
    if only is None:
        async with runtime.unit_of_work(presented, Act.TELL_OF_DEPARTURES) as work:
            await fill(work)
    return await each(runtime, presented, Act.TELL_OF_DEPARTURES, LOOKING_AFTER, _left, _tell, only)


async def _left(work: Work) -> dict[UUID, list[Row[Any]]]:
    """Return what each post that is over has left, a row for each case and each who may be told of it."""
    left: dict[UUID, list[Row[Any]]] = {}
    for row in await work.session.execute(select(func.unnoticed_departures().table_valued(*_LEFT))):
        left.setdefault(row.post_id, []).append(row)
    return left


async def _tell(work: Work, rows: list[Row[Any]]) -> bool:
    for case_id, row in {row.case_id: row for row in rows}.items():
        work.session.add(Departure(id=uuid7(), post_id=row.post_id, case_id=case_id, told_at=now()))
        about = {"case_id": case_id, "case_reference": row.reference, "controller_id": row.controller_id}
        work.record(Mode.READ, {Kind.SHELL}, subjects=[case_id], basis=SUPERVISION, **about)
    told = select(Post).where(Post.id.in_({row.told for row in rows})).order_by(Post.id)
    await tell(work, (await work.session.scalars(told)).all(), "post_ended", "/supervision")
    return True
