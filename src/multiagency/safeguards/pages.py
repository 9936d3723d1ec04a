"""Pages: one's own conflict of interest and handing over; emergencies and a protected address have their own."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.pages_filling import show
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Forbidden
from multiagency.people import reading as people
from multiagency.safeguards import pages_emergencies, pages_protection, pages_supervision
from multiagency.safeguards import (
    service_conflicts as conflicts,
)
from multiagency.safeguards import (
    service_handing_over as reassignment,
)
from multiagency.safeguards.forms import ConflictForm, HandOverForm
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])

Declaring = Annotated[Desk, case_door(Act.DECLARE_CONFLICT)]
HandingOver = Annotated[Desk, case_door(Act.REASSIGN_CASE)]


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


router.include_router(pages_emergencies.router)
router.include_router(pages_protection.router)
router.include_router(pages_supervision.router)
