"""JSON: actions assigned, listed and reported."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.actions import api_attendance, api_reviews, service
from multiagency.actions import service_changes as changes
from multiagency.actions import service_handing_on as handing_on
from multiagency.actions import service_instructions as instructions
from multiagency.actions.forms import ActionForm, DueForm, OwnerForm, ReportForm, StrikeForm
from multiagency.actions.service import ActionView
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.service_reaching import Reaching
from multiagency.consent.forms_instructions import InstructionForm
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute
from multiagency.web.lists import Start, link_next
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/api/v1", tags=["actions"], route_class=BodyRoute)


def _json(action: ActionView, language: str) -> dict[str, Any]:
    return {
        "reference": action.reference,
        "title": action.title,
        "due_on": action.due_on,
        "state": action.state,
        "outcome": action.outcome,
        "reaches_client": action.reaches_client,
        "safe_now": action.safe_now,
        "changes": action.changes,
        "instruction": action.instruction,
        "tells_client": action.tells_client,
        "follows_up_after": action.follows_up_after,
        "told_on": action.told_on,
        "told_how": action.told_how,
        "owner": action.owner,
        "agency": action.agency.name(language),
    }


@router.post("/cases/{reference}/actions", status_code=201)
async def post_action(form: ActionForm, desk: Annotated[Desk, case_door(Act.ASSIGN_ACTION)]) -> dict[str, str]:
    """Assign an action to a named person by a date."""
    return {"reference": (await service.assign(desk, form)).reference}


@router.post("/cases/{reference}/actions/{action}/owner", status_code=204)
async def post_owner(action: str, form: OwnerForm, desk: Annotated[Desk, case_door(Act.ASSIGN_ACTION)]) -> None:
    """Hand an action on to a colleague of its owner's agency."""
    await handing_on.hand_on(desk, action, form)


@router.post("/cases/{reference}/actions/{action}/striking", status_code=204)
async def post_striking(action: str, form: StrikeForm, desk: Annotated[Desk, case_door(Act.ASSIGN_ACTION)]) -> None:
    """Strike an action that was a mistake."""
    await changes.strike(desk, action, form)


@router.post("/cases/{reference}/actions/{action}/due", status_code=204)
async def post_due(action: str, form: DueForm, desk: Annotated[Desk, case_door(Act.ASSIGN_ACTION)]) -> None:
    """Move the day of an action."""
    await changes.move_due(desk, action, form)


@router.put("/cases/{reference}/actions/{action}/instruction", status_code=204)
async def put_instruction(
    action: str, form: InstructionForm, desk: Annotated[Desk, case_door(Act.ASSIGN_ACTION)]
) -> None:
    """Say how an action is recorded, and from whom OmaKanta hides it; its owner confirms that anew."""
    await instructions.instruct_anew(desk, await service.open_action(desk, action), form)


@router.get("/cases/{reference}/actions")
async def get_plan(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> list[dict[str, Any]]:
    """Read the plan of a case."""
    return [_json(action, language_of(request)) for action in await service.plan_of(desk)]


@router.get("/actions")
async def get_actions(
    request: Request, response: Response, work: Annotated[Work, door(Act.REPORT_ACTION)], start: Start = 0
) -> list[dict[str, Any]]:
    """List one's own actions: what is to be done, then what is done."""
    mine = await service.mine(work, start)
    link_next(response, "/api/v1/actions", mine)
    return [_json(action, language_of(request)) for action in mine.rows]


@router.get("/actions/{action}/contact")
async def get_contact(action: str, work: Annotated[Work, door(Act.REPORT_ACTION)]) -> Reaching | None:
    """Read how the client is reached; null where that is not the task of one's own open action."""
    return await service.reaching(work, action)


@router.post("/actions/{action}/report", status_code=204)
async def post_report(action: str, form: ReportForm, work: Annotated[Work, door(Act.REPORT_ACTION)]) -> None:
    """Report how one's own action went."""
    await service.report(work, action, form)


@router.post("/actions/{action}/instruction/confirmation", status_code=204)
async def post_confirmation(action: str, work: Annotated[Work, door(Act.REPORT_ACTION)]) -> None:
    """Say that one's own action is recorded as instructed."""
    await instructions.confirm(work, await service.own_action(work, action))


router.include_router(api_attendance.router)
router.include_router(api_reviews.router)
