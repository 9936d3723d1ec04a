"""JSON: an earlier plan gone through action by action."""

from typing import Annotated, Any

from fastapi import APIRouter

from multiagency.actions import service_reviews as reviews
from multiagency.actions.forms import ReviewedPlanForm
from multiagency.actions.reading_reviews import asked_actions, reviews_of
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act
from multiagency.web.entering import BodyRoute

router = APIRouter(route_class=BodyRoute)

_Reviewing = Annotated[Desk, case_door(Act.REVIEW_PLAN)]


@router.get("/cases/{reference}/plan/review")
async def get_review(desk: _Reviewing) -> dict[str, Any]:
    """Read which actions wait for an answer (null where the case is on no agenda), and what was answered."""
    return {"asked": await asked_actions(desk), "answered": await reviews_of(desk)}


@router.post("/cases/{reference}/plan/review", status_code=204)
async def post_review(form: ReviewedPlanForm, desk: _Reviewing) -> None:
    """Answer of some actions whether they helped."""
    await reviews.review(desk, form)
