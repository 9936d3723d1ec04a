"""Pages: an earlier plan gone through action by action, before new minutes are approved."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from multiagency.actions import service_reviews as reviews
from multiagency.actions.forms import ReviewedPlanForm
from multiagency.actions.reading_reviews import asked_actions, reviews_of
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.reading_names import name_of
from multiagency.kernel.access import Act
from multiagency.web.forms import Errors, Filled, take, without_empty
from multiagency.web.pages import page, see

router = APIRouter(tags=["pages"])

Reviewing = Annotated[Desk, case_door(Act.REVIEW_PLAN)]
_HELPED, _WORDS = "helped_", "words_"


@router.get("/cases/{reference}/plan/review")
async def get_review(request: Request, desk: Reviewing) -> Response:
    """Ask of each action of the earlier plan whether it helped; below stand the answers that were given."""
    return await _review(request, desk, {})


@router.post("/cases/{reference}/plan/review")
async def post_review(request: Request, desk: Reviewing) -> Response:
    """Keep the answers; what has none yet is asked about again."""
    filled, errors = await take(request, ReviewedPlanForm, partial(reviews.review, desk), read=_with_answers)
    return await _review(request, desk, filled, errors) if errors else see(f"/cases/{desk.case.reference}/plan/review")


async def _review(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    return page(
        request,
        "plan_review.html",
        422 if errors else 200,
        reference=desk.case.reference,
        name=await name_of(desk),
        asked=await asked_actions(desk),
        answered=await reviews_of(desk),
        errors=errors,
        filled=filled,
    )


def _with_answers(data: FormData) -> FormData:
    """Turn the fields of each action into one answer, as the API has it."""
    said = without_empty(data)
    names = [name.removeprefix(_HELPED) for name in said if name.startswith(_HELPED)]
    rows = [{"action": name, "helped": said[_HELPED + name], "words": said.get(_WORDS + name, "")} for name in names]
    kept = [(name, value) for name, value in said.multi_items() if not name.startswith((_HELPED, _WORDS))]
    return FormData([*kept, ("answers", rows)])  # type: ignore[list-item]
