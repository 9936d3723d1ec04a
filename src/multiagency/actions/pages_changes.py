"""Pages: an action struck because it was a mistake, and a day that is moved."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.actions import service
from multiagency.actions import service_changes as changes
from multiagency.actions.forms import DueForm, StrikeForm
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see

router = APIRouter(tags=["pages"])

Correcting = Annotated[Desk, case_door(Act.ASSIGN_ACTION)]


@router.get("/cases/{reference}/actions/{action}/striking")
async def get_striking(request: Request, action: str, desk: Correcting) -> Response:
    """Say what striking does, and ask why."""
    return await _change(request, desk, action, "action_striking.html", {})


@router.post("/cases/{reference}/actions/{action}/striking")
async def post_striking(request: Request, action: str, desk: Correcting) -> Response:
    """Strike the action through."""
    return await _changed(request, desk, action, "action_striking.html", StrikeForm, changes.strike, Done.ACTION_STRUCK)


@router.get("/cases/{reference}/actions/{action}/due")
async def get_due(request: Request, action: str, desk: Correcting) -> Response:
    """Ask for another day, and why."""
    return await _change(request, desk, action, "action_due.html", {})


@router.post("/cases/{reference}/actions/{action}/due")
async def post_due(request: Request, action: str, desk: Correcting) -> Response:
    """Move the day."""
    return await _changed(request, desk, action, "action_due.html", DueForm, changes.move_due, Done.ACTION_MOVED)


async def _changed(
    request: Request,
    desk: Desk,
    action: str,
    template: str,
    form: type[StrikeForm],
    do: Callable[[Desk, str, Any], Awaitable[None]],
    done: Done,
) -> Response:
    filled, errors = await take(request, form, partial(do, desk, action))
    if errors:
        return await _change(request, desk, action, template, filled, errors)
    return see(f"/cases/{desk.case.reference}/plan", done)


async def _change(
    request: Request, desk: Desk, wanted: str, template: str, filled: Filled, errors: Errors = ()
) -> Response:
    action = await service.open_action(desk, wanted)
    return page(
        request,
        template,
        422 if errors else 200,
        errors=errors,
        filled=filled,
        reference=desk.case.reference,
        title=await desk.work.vault.open(action, "title"),
        due_on=action.due_on,
    )
