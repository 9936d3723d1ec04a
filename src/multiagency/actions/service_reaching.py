"""An action whose task is to reach the client: its owner sees how, while it is open and its basis lives."""

from collections.abc import Sequence
from uuid import UUID

from multiagency.actions.models import PlannedAction
from multiagency.cases import service_reaching as cases
from multiagency.cases.models import LawfulBasis
from multiagency.cases.reading_hours import safe_now
from multiagency.cases.service_grants import CONSENT
from multiagency.cases.service_reaching import Reaching
from multiagency.kernel.work import Work

_OCCASION = "action"


def show_how_to_reach(work: Work, action: PlannedAction, shared: LawfulBasis | None) -> None:
    """Let the owner see the contact rules on the basis of their agency, where the client's consent covers them."""
    if action.reaches_client:
        cases.show_how_to_reach(work, shared, action.owner_id, _OCCASION, action.id)


async def stop_showing(work: Work, action: PlannedAction) -> None:
    """End the sight of contact rules: the action is done, struck or another's."""
    await cases.stop_showing(work, _OCCASION, action.id)


async def how_to_reach(work: Work, action: PlannedAction) -> Reaching | None:
    """Return how the owner reaches the client; None where that is not the task, or the action is open no more."""
    return await cases.how_to_reach(work, action.case_id) if _is_to_reach(action) else None


def _is_to_reach(action: PlannedAction) -> bool:
    return action.reaches_client and action.state == "open"


async def when_to_call(work: Work, actions: Sequence[PlannedAction], basis: str | None) -> dict[UUID, str]:
    """Return for those of the actions whose open task is to reach the client whether now is a safe time to call.

    That is all that a list says of the contact rules, and it says it to whoever does the action: their own, and outside
    of a case (`basis` is what they see them on there) also those done in the place of somebody else. Where they do not
    see the rules, nothing is said.
    """
    theirs = [action for action in actions if basis or action.owner_id == work.actor.post_id]
    reaching = [action for action in theirs if _is_to_reach(action)]
    safe = await safe_now(work, {action.case_id for action in reaching})
    for case_id in safe if basis else ():
        work.rests_on(case_id, f"{CONSENT},{basis}")
    return {action.id: safe[action.case_id] for action in reaching if action.case_id in safe}
