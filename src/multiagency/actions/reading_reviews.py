"""Whether the actions of earlier plans helped, as it was answered when the case was discussed anew."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from multiagency.actions.models import ActionReview, PlannedAction
from multiagency.actions.service_reviews import item_under_way, to_review
from multiagency.cases.desk import Desk
from multiagency.kernel.access import Kind


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One answer, opened, with the action that it is about."""

    action: str
    title: str
    helped: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AskedAction:
    """An action of an earlier plan that waits for an answer."""

    reference: str
    title: str
    due_on: date
    state: str
    outcome: str


async def asked_actions(desk: Desk) -> list[AskedAction] | None:
    """Return what waits for an answer, the next due first; None where the case is not to be discussed."""
    item = await item_under_way(desk)
    if item is None:
        return None
    opened = desk.work.vault.open
    return [
        AskedAction(row.reference, await opened(row, "title"), row.due_on, row.state, await opened(row, "outcome"))
        for row in await to_review(desk, item)
    ]


async def reviews_of(desk: Desk) -> list[ReviewView]:
    """Return all answers about actions of the case that are in sight, the last first."""
    if Kind.ACTION not in desk.kinds:
        return []
    query = (
        select(ActionReview, PlannedAction)
        .join(PlannedAction, PlannedAction.id == ActionReview.action_id)
        .where(ActionReview.case_id == desk.case.id)
        .order_by(ActionReview.reviewed_at.desc(), ActionReview.id)
    )
    opened = desk.work.vault.open
    return [
        ReviewView(
            action.reference,
            await opened(action, "title"),
            row.helped,
            await opened(row, "words"),
            row.reviewed_at,
        )
        for row, action in await desk.work.session.execute(query)
    ]
