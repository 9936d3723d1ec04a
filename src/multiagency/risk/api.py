"""JSON: the checklist."""

from typing import Annotated, Any

from fastapi import APIRouter

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act
from multiagency.risk import service
from multiagency.risk.forms import AssessmentForm

router = APIRouter(prefix="/api/v1/cases/{reference}/assessment", tags=["risk"])


@router.put("", status_code=204)
async def put_assessment(form: AssessmentForm, desk: Annotated[Desk, case_door(Act.ASSESS_RISK)]) -> None:
    """Save answers and judgement; items left out keep what was saved."""
    await service.assess(desk, form)


@router.get("")
async def get_assessment(desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> dict[str, Any] | None:
    """Read the checklist; null where risk data is not in sight."""
    view = await service.read_assessment(desk)
    if view is None:
        return None
    return {
        "answers": view.answers,
        "score": view.score,
        "threshold": view.threshold,
        "unanswered": view.unanswered,
        "judged_high": view.judged_high,
        "judgement_reason": view.judgement_reason,
        "completed": view.completed,
    }
