"""Corrections by the coordinator: a mistaken action is struck, a day is moved; who and why stand beside it."""

from collections.abc import Sequence
from datetime import date

from multiagency.actions.forms import ActionAnswer, DueForm, StrikeForm
from multiagency.actions.models import ActionChange, PlannedAction
from multiagency.actions.service import OPEN, ActionView, nothing_waits, open_action, place_of, plan_of
from multiagency.actions.service_reaching import stop_showing
from multiagency.cases.desk import Desk
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now, today
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.people.models import Post
from multiagency.people.service_notices import tell


async def strike(desk: Desk, wanted: str, form: StrikeForm) -> None:
    """Strike an action through: it was a mistake, its owner is told.

    Raises as `open_action` does, and `Conflict` for what is told to the client: that came with the minutes.
    """
    action = await open_action(desk, wanted)
    if action.tells_client:
        raise Conflict("telling.required")
    action.state, action.done_at = "struck", now()
    await _note(desk, action, "struck", form.reason)
    await stop_showing(desk.work, action)
    await nothing_waits(desk.work, action)
    await _tell_owner(desk, action, "action_struck")


async def move_due(desk: Desk, wanted: str, form: DueForm) -> None:
    """Move the day. Raises as `open_action` does, `Invalid` for a day that is past or the same."""
    action = await open_action(desk, wanted)
    if form.due_on < today():
        raise Invalid.of("due_on", "plan.due_in_past")
    if form.due_on == action.due_on:
        raise Invalid.of("due_on", "action.same_day")
    before, action.due_on = action.due_on, form.due_on
    await _note(desk, action, "due", form.reason, before)
    await nothing_waits(desk.work, action)
    await _tell_owner(desk, action, "action_moved")


async def _note(desk: Desk, action: PlannedAction, what: str, reason: str, due_before: date | None = None) -> None:
    row = ActionChange(
        id=uuid7(),
        case_id=action.case_id,
        controller_id=action.controller_id,
        retention_class=action.retention_class,
        action_id=action.id,
        what=what,
        due_before=due_before,
        made_by_id=desk.work.actor.post_id,
        made_at=now(),
    )
    await desk.work.vault.seal(row, reason=reason)
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote(Kind.ACTION, controller_id=action.controller_id)


async def _tell_owner(desk: Desk, action: PlannedAction, what: str) -> None:
    owner = await desk.work.session.get_one(Post, action.owner_id)
    await tell(desk.work, [owner], what, place_of(action), desk.case.id)


async def settle_open(desk: Desk, answers: Sequence[ActionAnswer]) -> None:
    """Say of each open action what becomes of it as the case ends: done, not needed (why), or it stays with its owner.

    Raises `Invalid` naming each action without an answer, and each that is not needed without a reason. That the client
    has not been told what was agreed needs a reason too; what they were told or asked only its owner reports as done.
    """
    said = {answer.action: answer for answer in answers}
    still_open = {action.reference: action for action in await plan_of(desk) if action.state == OPEN}
    errors = [FieldError(f"answer_{name}", "closing.answer_needed") for name in still_open if name not in said]
    errors += [found for name, action in still_open.items() if name in said for found in _wrong(said[name], action)]
    if errors:
        raise Invalid(*errors)
    for name, view in still_open.items():
        action = await open_action(desk, name)
        if view.tells_client:
            await _note(desk, action, "untold", said[name].why)
        if said[name].answer != "stays":
            await _settle(desk, action, said[name])


def _wrong(answer: ActionAnswer, action: ActionView) -> list[FieldError]:
    if answer.answer == "done" and (action.tells_client or action.follows_up_after):
        return [FieldError(f"answer_{answer.action}", "telling.report_first")]
    if action.tells_client and not answer.why:
        return [FieldError(f"why_{answer.action}", "telling.why_untold")]
    missing = answer.answer == "not_needed" and not answer.why
    return [FieldError(f"why_{answer.action}", "closing.why_needed")] if missing else []


async def _settle(desk: Desk, action: PlannedAction, answer: ActionAnswer) -> None:
    action.state, action.done_at = answer.answer, now()
    if answer.why:
        await desk.work.vault.seal(action, outcome=answer.why)
    await desk.work.session.flush()
    await stop_showing(desk.work, action)
    await nothing_waits(desk.work, action)
    desk.wrote(Kind.ACTION, controller_id=action.controller_id)
