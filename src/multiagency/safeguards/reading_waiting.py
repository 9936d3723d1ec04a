"""What waits in safeguards: emergency openings to look at, and the work of somebody who has left."""

from typing import Any

from sqlalchemy import Select, func

from multiagency.cases.desk import seen_on
from multiagency.cases.reading_waiting import PLACE
from multiagency.kernel.access import Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.waiting import ME, Arm, WorkWanted, waits
from multiagency.people.models import Post
from multiagency.safeguards.reading_supervision import IN_DATABASE, SUPERVISION
from multiagency.safeguards.service_reviews import OPENINGS


def _openings() -> Select[*tuple[Any, ...]]:
    """Return the query for openings without an answer, but for those of one's own."""
    listed = func.emergency_openings().table_valued(*OPENINGS)
    columns = {name: listed.c[name] for name in ("case_id", "controller_id", "reference", "post_id")}
    columns["case_controller_id"] = listed.c.controller_id
    query = waits("opening", row_id=listed.c.id, **columns, since=listed.c.opened_at, moment=listed.c.opened_at)
    return query.where(~listed.c.reviewed, listed.c.post_id != ME)


def _left() -> Select[*tuple[Any, ...]]:
    listed = func.supervised_work().table_valued(*IN_DATABASE)
    columns = {name: listed.c[name] for name in ("case_id", "controller_id", "reference", "item")}
    query = waits("left_work", row_id=listed.c.case_id, **columns, post_id=Post.id, since=Post.valid_to)
    return query.join(Post, Post.id == listed.c.holder_id).where(listed.c.is_over, listed.c.mine)


_TO_REVIEW = Arm("opening", _openings(), f"{PLACE}/break-glass", "cases", "mine", Kind.SHELL, seen_on, prompt=True)
_UNANSWERED = Arm("opening", _openings(), "/emergencies", kind=Kind.SHELL, prompt=True)
_LEFT = Arm("left_work", _left(), "/supervision", "supervision", "mine", Kind.SHELL, SUPERVISION, prompt=True)
_OF_ROLES = {Role.COORDINATOR: [_TO_REVIEW], Role.AUDITOR: [_UNANSWERED], Role.SUPERVISOR: [_LEFT]}


async def waiting(asked: WorkWanted) -> list[Arm]:
    """Add what waits for somebody in this role."""
    return _OF_ROLES.get(asked.role, [])
