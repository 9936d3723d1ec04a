"""JSON: the checklist."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act
from multiagency.risk import service
from multiagency.risk.forms import AssessmentForm
from multiagency.risk.reading import read_assessment, saved_assessment
from multiagency.risk.reading_renewal import incidents_among
from multiagency.web.entering import BodyRoute
from multiagency.web.etags import tag

router = APIRouter(prefix="/api/v1/cases/{reference}/assessment", tags=["risk"], route_class=BodyRoute)


@router.put("", status_code=204)
async def put_assessment(
    form: AssessmentForm, response: Response, desk: Annotated[Desk, case_door(Act.ASSESS_RISK)]
) -> None:
    """Save answers and judgement; what is left out keeps what was saved. `If-Match` refuses an older version."""
    await service.assess(desk, form)
    tag(response, desk.work, await saved_assessment(desk))


@router.get("")
async def get_assessment(response: Response, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> dict[str, Any] | None:
    """Read the checklist, with its version as `ETag`; null where risk data is not in sight."""
    view = await read_assessment(desk)
    if view is None:
        return None
    tag(response, desk.work, await saved_assessment(desk))
    return {
        "answers": view.answers,
        "score": view.score,
        "threshold": view.threshold,
        "unanswered": view.unanswered,
        "judged_high": view.judged_high,
        "judgement_reason": view.judgement_reason,
        "completed": view.completed,
        "client_words": view.client_words,
        "source": view.source,
        "safety": view.safety,
        "further": view.further,
        "incidents": incidents_among(view.events),
        "previous": view.previous,
        "grounds": view.grounds,
        "alerts": view.scored.alerts,
        "instrument": view.pack.id,
        "instrument_version": view.pack.version,
        "version": view.version,
    }
