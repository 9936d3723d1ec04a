"""What was corrected about actions: it stays readable with who, when and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from multiagency.actions.models import ActionChange
from multiagency.kernel.work import Work
from multiagency.people.models import Person, Post


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One correction, opened; `due_before` is the day that was moved."""

    what: str
    due_before: date | None
    reason: str
    name: str
    made_at: datetime


async def changes_of(work: Work, action_ids: Collection[UUID]) -> dict[UUID, list[ChangeView]]:
    """Return the corrections of these actions that are in sight, the oldest first."""
    query = (
        select(ActionChange, Person.name)
        .join(Post, Post.id == ActionChange.made_by_id)
        .join(Person, Person.id == Post.person_id)
        .where(ActionChange.action_id.in_(action_ids))
        .order_by(ActionChange.made_at, ActionChange.id)
    )
    found: dict[UUID, list[ChangeView]] = {}
    for row, name in await work.session.execute(query) if action_ids else ():
        reason = await work.vault.open(row, "reason")
        view = ChangeView(row.what, row.due_before, reason, name, row.made_at)
        found.setdefault(row.action_id, []).append(view)
    return found
