"""When a case came into each of its stages, by whom and why: what its time line shows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from multiagency.cases.desk import Desk
from multiagency.cases.models import StageMove
from multiagency.people.models import Person, Post

_HISTORY = (
    select(StageMove, Person.name)
    .join(Post, Post.id == StageMove.moved_by_id)
    .join(Person, Person.id == Post.person_id)
    .where(StageMove.case_id == bindparam("case"))
    .order_by(StageMove.moved_at, StageMove.id)
)
"""Made once: to make a statement costs more than to ask it."""


@dataclass(frozen=True, slots=True)
class MoveView:
    """One move, opened; `came_from` is None where the case was opened."""

    came_from: str | None
    stage: str
    moved_at: datetime
    by: str
    reason: str


async def history(desk: Desk) -> list[MoveView]:
    """Return the moves of the case in sight, the first one first."""
    rows = await desk.work.session.execute(_HISTORY, {"case": desk.case.id})
    return [
        MoveView(row.came_from, row.stage, row.moved_at, name, await desk.work.vault.open(row, "reason"))
        for row, name in rows
    ]
