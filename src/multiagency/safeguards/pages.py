"""Pages: one's own conflict of interest, handing over, and emergencies; a protected address has its own."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.pages_filling import show
from multiagency.kernel.access import Act
from multiagency.kernel.clock import to_helsinki
from multiagency.kernel.errors import Forbidden
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.safeguards import (
    pages_protection,
    pages_supervision,
)
from multiagency.safeguards import (
    service_break_glass as break_glass,
)
from multiagency.safeguards import (
    service_conflicts as conflicts,
)
from multiagency.safeguards import (
    service_handing_over as reassignment,
)
from multiagency.safeguards.forms import BreakGlassForm, ConflictForm, HandOverForm
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])

Declaring = Annotated[Desk, case_door(Act.DECLARE_CONFLICT)]
HandingOver = Annotated[Desk, case_door(Act.REASSIGN_CASE)]
Breaking = Annotated[Work, door(Act.BREAK_GLASS)]


@router.get("/cases/{reference}/conflict")
async def get_conflict(request: Request, desk: Declaring) -> Response:
    """Say what declaring one's own conflict of interest does, before it is done."""
    return show(request, desk, "case_conflict.html", {})


@router.post("/cases/{reference}/conflict")
async def post_conflict(request: Request, desk: Declaring) -> Response:
    """Keep oneself out from this moment; the case is gone from the list that follows."""
    filled, errors = await take(request, ConflictForm, partial(conflicts.declare, desk))
    if errors:
        return show(request, desk, "case_conflict.html", filled, errors)
    return see("/cases", Done.DECLARED)


@router.get("/cases/{reference}/reassignment")
async def get_reassignment(request: Request, desk: HandingOver) -> Response:
    """Say what handing the case over does, and ask to whom."""
    return await _reassignment(request, desk, {})


@router.post("/cases/{reference}/reassignment")
async def post_reassignment(request: Request, desk: HandingOver) -> Response:
    """Hand it over; one's own sight is gone from this moment."""
    filled, errors = await take(request, HandOverForm, partial(reassignment.hand_over, desk))
    return await _reassignment(request, desk, filled, errors) if errors else see("/cases", Done.HANDED_OVER)


async def _reassignment(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    offers = reassignment.mine_to_hand_over(desk)
    if not offers:
        raise Forbidden
    colleagues = people.choices(language_of(request), await reassignment.candidates(desk, offers[0]))
    return show(request, desk, "case_reassignment.html", filled, errors, what=offers[0], colleagues=colleagues)


@router.get("/break-glass")
async def get_break_glass(request: Request, work: Breaking) -> Response:
    """Say what opening a case in an emergency does, and ask which case and why."""
    work.record(Mode.READ)
    return page(request, "break_glass.html")


@router.post("/break-glass")
async def post_break_glass(request: Request, work: Breaking) -> Response:
    """Open it and go on to its page."""
    opened: list[Desk] = []

    async def open_case(form: BreakGlassForm) -> None:
        opened.append((await break_glass.open_case(work, form))[0])

    filled, errors = await take(request, BreakGlassForm, open_case)
    if errors:
        work.record(Mode.READ)
        return page(request, "break_glass.html", 422, errors=errors, filled=filled)
    return see(f"/cases/{opened[0].case.reference}", None)


@router.get("/cases/{reference}/break-glass")
async def get_openings(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> Response:
    """List who opened the case in an emergency, when and why: all for a coordinator, otherwise one's own."""
    language = language_of(request)
    rows = [
        {
            "who": f"{view.name}, {view.title}, {view.agency.name(language)}",
            "opened_at": to_helsinki(view.opened_at),
            "until": to_helsinki(view.until),
            "reason": view.reason,
        }
        for view in await break_glass.openings(desk)
    ]
    return page(request, "case_openings.html", reference=desk.case.reference, rows=rows)


router.include_router(pages_protection.router)
router.include_router(pages_supervision.router)
