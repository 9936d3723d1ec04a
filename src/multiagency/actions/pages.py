"""Pages: the plan of a case, assigning an action, one's own actions, and reporting one done."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.actions import pages_attendance, pages_changes, pages_instructions, pages_reviews, service
from multiagency.actions import service_handing_on as handing_on
from multiagency.actions.forms import ActionForm, OwnerForm, ReportForm
from multiagency.actions.reading_follow_up import follow_ups_of
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.reading_names import name_of
from multiagency.consent.reading_instructions import what_is_asked
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.clock import today
from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.lists import Start
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])


@router.get("/cases/{reference}/plan")
async def get_plan(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> Response:
    """Show who does what by when, and how it went."""
    return page(
        request,
        "plan.html",
        reference=desk.case.reference,
        name=await name_of(desk),
        in_sight=Kind.ACTION in desk.kinds,
        actions=await service.plan_of(desk),
        follow_ups=await follow_ups_of(desk),
        today=today(),
        may_assign=desk.may(Act.ASSIGN_ACTION) and await service.what_forbids(desk) is None,
    )


@router.get("/cases/{reference}/actions/new")
async def get_new_action(request: Request, desk: Annotated[Desk, case_door(Act.ASSIGN_ACTION)]) -> Response:
    """Ask who does what by when; only agencies that the consent names are offered."""
    return await _new_action(request, desk)


@router.post("/cases/{reference}/actions/new")
async def post_new_action(request: Request, desk: Annotated[Desk, case_door(Act.ASSIGN_ACTION)]) -> Response:
    """Assign the action and go back to the plan."""
    reference = desk.case.reference

    async def assign(form: ActionForm) -> None:
        await service.assign(desk, form)

    filled, errors = await take(request, ActionForm, assign)
    if errors:
        return await _new_action(request, desk, errors, filled)
    return see(f"/cases/{reference}/plan", Done.ASSIGNED)


async def _new_action(request: Request, desk: Desk, errors: Errors = (), filled: Filled | None = None) -> Response:
    owners = people.choices(language_of(request), await service.candidates(desk))
    forbidden = await service.what_forbids(desk)
    return page(
        request,
        "action_new.html",
        422 if errors else 200,
        errors=errors,
        filled=filled or {},
        reference=desk.case.reference,
        name=await name_of(desk),
        owners=owners,
        names_somebody=any(error["field"] == "title" for error in errors)
        or bool((filled or {}).get("named_on_purpose")),
        forbidden=forbidden,
        asked=None if forbidden else await what_is_asked(desk),
        today=today().isoformat(),
    )


@router.get("/cases/{reference}/actions/{action}/owner")
async def get_owner(request: Request, action: str, desk: Annotated[Desk, case_door(Act.ASSIGN_ACTION)]) -> Response:
    """Ask who does an action instead of its owner."""
    return await _owner(request, desk, action)


@router.post("/cases/{reference}/actions/{action}/owner")
async def post_owner(request: Request, action: str, desk: Annotated[Desk, case_door(Act.ASSIGN_ACTION)]) -> Response:
    """Hand the action on and go back to the plan."""
    filled, errors = await take(request, OwnerForm, partial(handing_on.hand_on, desk, action))
    return await _owner(request, desk, action, errors, filled) if errors else see(f"/cases/{desk.case.reference}/plan")


async def _owner(
    request: Request, desk: Desk, wanted: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    action, language = await service.open_action(desk, wanted), language_of(request)
    offered = await handing_on.candidates(desk, action)
    return page(
        request,
        "action_owner.html",
        422 if errors else 200,
        errors=errors,
        filled=filled or {},
        reference=desk.case.reference,
        title=await desk.work.vault.open(action, "title"),
        owners=people.choices(language, offered),
    )


router.include_router(pages_attendance.router)
router.include_router(pages_changes.router)
router.include_router(pages_instructions.router)
router.include_router(pages_reviews.router)


@router.get("/actions")
async def get_actions(request: Request, work: Annotated[Work, door(Act.REPORT_ACTION)], start: Start = 0) -> Response:
    """List one's own actions: what is to be done, then what is done."""
    mine = await service.mine(work, start)
    return page(
        request,
        "actions.html",
        to_do=[action for action in mine.rows if action.state == service.OPEN],
        done=[action for action in mine.rows if action.state != service.OPEN],
        mine=mine,
        today=today(),
    )


@router.get("/actions/{action}")
async def get_action(request: Request, action: str, work: Annotated[Work, door(Act.REPORT_ACTION)]) -> Response:
    """Show one of one's own actions, and ask how it went."""
    return await _action(request, work, action)


@router.post("/actions/{action}")
async def post_action(request: Request, action: str, work: Annotated[Work, door(Act.REPORT_ACTION)]) -> Response:
    """Report one's own action done."""

    async def report(form: ReportForm) -> None:
        await service.report(work, action, form)

    filled, errors = await take(request, ReportForm, report)
    return await _action(request, work, action, errors, filled) if errors else see("/actions", Done.REPORTED)


async def _action(
    request: Request, work: Work, wanted: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    return page(
        request,
        "action.html",
        422 if errors else 200,
        errors=errors,
        filled=filled or {},
        action=await service.one_of_mine(work, wanted),
        reaching=await service.reaching(work, wanted),
        today=today(),
    )
