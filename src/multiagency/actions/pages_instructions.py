"""Pages: how an action is recorded, said anew by the coordinator and confirmed by its owner."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.actions import service
from multiagency.actions import service_instructions as instructions
from multiagency.actions.reading_instructions import filled_in
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.consent.forms_instructions import InstructionForm
from multiagency.consent.reading_instructions import what_is_asked
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see

router = APIRouter(tags=["pages"])

Instructing = Annotated[Desk, case_door(Act.ASSIGN_ACTION)]


@router.get("/cases/{reference}/actions/{action}/instruction")
async def get_instruction(request: Request, action: str, desk: Instructing) -> Response:
    """Ask how an open action is recorded, and from whom OmaKanta hides it."""
    return await _instruction(request, desk, action)


@router.post("/cases/{reference}/actions/{action}/instruction")
async def post_instruction(request: Request, action: str, desk: Instructing) -> Response:
    """Give the instruction and go back to the plan."""

    async def give(form: InstructionForm) -> None:
        await instructions.instruct_anew(desk, await service.open_action(desk, action), form)

    filled, errors = await take(request, InstructionForm, give)
    if errors:
        return await _instruction(request, desk, action, errors, filled)
    return see(f"/cases/{desk.case.reference}/plan", Done.SAVED)


async def _instruction(
    request: Request, desk: Desk, wanted: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    action = await service.open_action(desk, wanted)
    return page(
        request,
        "action_instruction.html",
        422 if errors else 200,
        errors=errors,
        filled=await filled_in(desk.work, action) if filled is None else filled,
        reference=desk.case.reference,
        title=await desk.work.vault.open(action, "title"),
        asked=await what_is_asked(desk),
    )


@router.post("/actions/{action}/instruction/confirmation")
async def post_confirmation(action: str, work: Annotated[Work, door(Act.REPORT_ACTION)]) -> Response:
    """Say that one's own action is recorded as instructed."""
    await instructions.confirm(work, await service.own_action(work, action))
    return see(f"/actions/{action}", Done.SAVED)
