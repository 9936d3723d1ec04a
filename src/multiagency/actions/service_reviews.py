"""When a case is discussed anew, its earlier plan is gone through: did each action help (fact F78).

Near-miss reviews found that the same actions were agreed again because nobody had asked. New minutes are not approved
before each action of an earlier plan, of an earlier round too, has its answer.
"""

from collections.abc import Sequence

from sqlalchemy import and_, exists, or_, select

from multiagency.actions.forms import ActionReviewed, ReviewedPlanForm
from multiagency.actions.models import ActionReview, PlannedAction
from multiagency.actions.service import OPEN
from multiagency.cases.desk import Desk
from multiagency.cases.reading_first import first_row
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.meetings.models import AgendaItem
from multiagency.meetings.questions import MayApprove
from multiagency.meetings.reading import places

_TO_EXPLAIN = frozenset({"no", "not_done"})
"""Answers that say why."""


async def item_under_way(desk: Desk) -> AgendaItem | None:
    """Return the place on an agenda at which the case is to be discussed; None where there is none."""
    row = await first_row(desk, places)
    return row[0] if row is not None and row[0].discussed_at is None else None


async def to_review(desk: Desk, item: AgendaItem) -> Sequence[PlannedAction]:
    """Return the actions that were agreed before this place on an agenda and have no answer for it yet.

    One that was over when it was answered earlier is not asked about again; to tell or ask the client is no measure.
    """
    since_over = and_(PlannedAction.state != OPEN, ActionReview.reviewed_at >= PlannedAction.done_at)
    answered = exists().where(
        ActionReview.action_id == PlannedAction.id, or_(ActionReview.agenda_item_id == item.id, since_over)
    )
    query = select(PlannedAction).where(PlannedAction.case_id == desk.case.id, PlannedAction.id < item.id, ~answered)
    agreed = (PlannedAction.tells_client.is_(False), PlannedAction.follows_up_after.is_(None))
    query = query.where(PlannedAction.state != "struck", *agreed)
    return (await desk.work.session.scalars(query.order_by(PlannedAction.due_on, PlannedAction.id))).all()


async def missing_reviews(asked: MayApprove) -> list[FieldError]:
    """Veto minutes while something of an earlier plan has no answer, as far as the plan is in sight."""
    if Kind.ACTION not in asked.desk.kinds:
        return []
    number = len(await to_review(asked.desk, asked.item))
    return [FieldError("review", "review.missing", {"count": number})] if number else []


async def review(desk: Desk, form: ReviewedPlanForm) -> None:
    """Answer of some actions of an earlier plan whether they helped.

    Raises `Conflict` where the case is on no agenda; `Invalid` for an action that is not asked about, and where an
    answer wants words.
    """
    item = await item_under_way(desk)
    if item is None:
        raise Conflict("review.not_on_agenda")
    asked = {action.reference: action for action in await to_review(desk, item)}
    wrong = [FieldError(f"helped_{one.action}", "review.not_asked") for one in form.answers if one.action not in asked]
    wrong += [
        FieldError(f"words_{one.action}", "review.why")
        for one in form.answers
        if one.helped in _TO_EXPLAIN and not one.words
    ]
    if wrong:
        raise Invalid(*wrong)
    for one in form.answers:
        await _answer(desk, item, asked[one.action], one)


async def _answer(desk: Desk, item: AgendaItem, action: PlannedAction, said: ActionReviewed) -> None:
    row = ActionReview(
        id=uuid7(),
        case_id=action.case_id,
        controller_id=action.controller_id,
        retention_class=action.retention_class,
        action_id=action.id,
        agenda_item_id=item.id,
        helped=said.helped,
        reviewed_by_id=desk.work.actor.post_id,
        reviewed_at=now(),
    )
    await desk.work.vault.seal(row, words=said.words)
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote(Kind.ACTION, controller_id=action.controller_id)
