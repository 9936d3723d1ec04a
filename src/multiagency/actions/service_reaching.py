"""An action whose task is to reach the client: its owner sees how, while it is open and its basis lives."""

from multiagency.actions.models import PlannedAction
from multiagency.cases import service_reaching as cases
from multiagency.cases.models import LawfulBasis
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
    if not action.reaches_client or action.state != "open":
        return None
    return await cases.how_to_reach(work, action.case_id)
