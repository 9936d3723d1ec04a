"""Pages: closing a case after its follow-up, or ending one that should not go on."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from multiagency.actions.service import OPEN, ActionView, plan_of
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.service_rounds import months_to_begin_again
from multiagency.kernel.access import Act
from multiagency.kernel.errors import NotVisible
from multiagency.storage import service_closing as closing
from multiagency.storage import service_ending as ending
from multiagency.storage.forms import ClosingForm, EarlyEndForm
from multiagency.storage.service_feedback import feedback_of
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take, without_empty
from multiagency.web.pages import page, see

router = APIRouter(tags=["pages"])

Closing = Annotated[Desk, case_door(Act.CLOSE_CASE)]
Ending = Annotated[Desk, case_door(Act.END_CASE, others=True)]  # of a duplicate, the other case
_ANSWER, _WHY = "answer_", "why_"


@router.get("/cases/{reference}/closing")
async def get_closing(request: Request, desk: Closing) -> Response:
    """Say what closing ends and what stays, and ask how the case ended; afterwards show it."""
    return await _closing(request, desk, {})


@router.post("/cases/{reference}/closing")
async def post_closing(request: Request, desk: Closing) -> Response:
    """Close the case."""
    filled, errors = await take(request, ClosingForm, partial(closing.close, desk), read=_with_answers)
    if errors:
        return await _closing(request, desk, filled, errors)
    return see(f"/cases/{desk.case.reference}", Done.CLOSED)


async def _closing(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    return page(
        request,
        "closing.html",
        422 if errors else 200,
        reference=desk.case.reference,
        outcomes=closing.outcomes(desk),
        pathway=desk.case.pathway,
        feedback=desk.model.feedback,
        months=await months_to_begin_again(desk),
        ended=await closing.closing_of(desk),
        open_actions=await _open_actions(desk),
        errors=errors,
        filled=filled,
    )


@router.get("/cases/{reference}/feedback")
async def get_feedback(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> Response:
    """Show the feedback on a case that has ended, to whom it is for. Raises `NotVisible` where there is none."""
    found = await feedback_of(desk)
    if found is None:
        raise NotVisible
    return page(request, "feedback.html", reference=desk.case.reference, feedback=found)


@router.get("/cases/{reference}/ending")
async def get_ending(request: Request, desk: Ending) -> Response:
    """Ask why the case should not go on; afterwards show it."""
    return await _ending(request, desk, {})


@router.post("/cases/{reference}/ending")
async def post_ending(request: Request, desk: Ending) -> Response:
    """End the case."""
    filled, errors = await take(request, EarlyEndForm, partial(ending.end, desk), read=_with_answers)
    if errors:
        return await _ending(request, desk, filled, errors)
    return see(f"/cases/{desk.case.reference}", Done.CLOSED)


async def _ending(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    return page(
        request,
        "ending.html",
        422 if errors else 200,
        reference=desk.case.reference,
        may_end=ending.may_end(desk),
        ended=await ending.ending_of(desk),
        open_actions=await _open_actions(desk),
        errors=errors,
        filled=filled,
    )


async def _open_actions(desk: Desk) -> Sequence[ActionView]:
    return [action for action in await plan_of(desk) if action.state == OPEN]


def _with_answers(data: FormData) -> FormData:
    """Turn the fields of each open action into one answer, as the API has it."""
    said = without_empty(data)
    names = [name.removeprefix(_ANSWER) for name in said if name.startswith(_ANSWER)]
    rows = [{"action": name, "answer": said[_ANSWER + name], "why": said.get(_WHY + name, "")} for name in names]
    kept = [(name, value) for name, value in said.multi_items() if not name.startswith((_ANSWER, _WHY))]
    return FormData([*kept, ("answers", rows)])  # type: ignore[list-item]
