"""The worker's look at posts that are over: whoever must act is told of what they left, once; deputies get what is new.

Sight itself ended with the post, for a session needs one that holds; what is left is handed on by people.
"""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import Column, Text, Uuid, func, select

from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.people.models import Post
from multiagency.people.service_notices import tell
from multiagency.safeguards.models import Departure
from multiagency.safeguards.reading_supervision import SUPERVISION
from multiagency.safeguards.service_deputies import fill

_LEFT = (
    Column("post_id", Uuid),
    Column("case_id", Uuid),
    Column("reference", Text),
    Column("controller_id", Uuid),
    Column("told", Uuid),
)


async def look_after(runtime: Runtime, presented: Presented) -> int:
    """Tell of every post that is over and holds work still; return how many notices that made.

    Each case is told of once. What nobody can be told of waits until somebody can.
    """
    async with runtime.unit_of_work(presented, Act.TELL_OF_DEPARTURES) as work:
        await fill(work)
        rows = (await work.session.execute(select(func.unnoticed_departures().table_valued(*_LEFT)))).all()
        left: dict[tuple[UUID, UUID], tuple[str, UUID]] = {}
        told: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for row in rows:
            left[row.post_id, row.case_id] = row.reference, row.controller_id
            told[row.told].add(row.post_id)
        for (post_id, case_id), (reference, controller_id) in left.items():
            work.session.add(Departure(id=uuid7(), post_id=post_id, case_id=case_id, told_at=now()))
            about = {"case_id": case_id, "case_reference": reference, "controller_id": controller_id}
            work.record(Mode.READ, {Kind.SHELL}, subjects=[case_id], basis=SUPERVISION, **about)
        posts = (await work.session.scalars(select(Post).where(Post.id.in_(told)).order_by(Post.id))).all()
        await tell(work, posts, "post_ended", "/supervision")
    return len(posts)
