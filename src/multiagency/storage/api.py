"""JSON: closing a case, holds, rules of retention, and what was deleted."""

from typing import Annotated, Any

from fastapi import APIRouter, Request

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.storage import (
    reading_reports as reports,
)
from multiagency.storage import (
    service_closing as closing,
)
from multiagency.storage import (
    service_ending as ending,
)
from multiagency.storage import (
    service_feedback as feedback,
)
from multiagency.storage import (
    service_holds as holds,
)
from multiagency.storage import (
    service_rules as rules,
)
from multiagency.storage.forms import ClosingForm, EarlyEndForm, HoldForm, RuleForm
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/api/v1", tags=["storage"], route_class=BodyRoute)


@router.post("/cases/{reference}/closing", status_code=204)
async def post_closing(form: ClosingForm, desk: Annotated[Desk, case_door(Act.CLOSE_CASE)]) -> None:
    """Close the case: what consent gave ends, everybody's own record stays."""
    await closing.close(desk, form)


@router.get("/cases/{reference}/closing")
async def get_closing(desk: Annotated[Desk, case_door(Act.CLOSE_CASE)]) -> closing.ClosingView | None:
    """Read how the case ended; null while it has not."""
    return await closing.closing_of(desk)


@router.get("/cases/{reference}/feedback")
async def get_feedback(desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> feedback.FeedbackView | None:
    """Read the feedback on a case that has ended; null where there is none for the reader."""
    return await feedback.feedback_of(desk)


@router.post("/cases/{reference}/ending", status_code=204)
async def post_ending(form: EarlyEndForm, desk: Annotated[Desk, case_door(Act.END_CASE)]) -> None:
    """End a case that should not go on, from whatever stage, with its reason."""
    await ending.end(desk, form)


@router.get("/cases/{reference}/ending")
async def get_ending(desk: Annotated[Desk, case_door(Act.END_CASE, others=True)]) -> ending.EndingView | None:
    """Read how the case ended early; null while it has not."""
    return await ending.ending_of(desk)


@router.post("/cases/{reference}/hold", status_code=204)
async def post_hold(form: HoldForm, desk: Annotated[Desk, case_door(Act.HOLD_CASE)]) -> None:
    """Keep everything of the case, whatever the rules of retention say."""
    await holds.hold(desk, form)


@router.post("/cases/{reference}/hold/lifting", status_code=204)
async def post_lifting(form: HoldForm, desk: Annotated[Desk, case_door(Act.HOLD_CASE)]) -> None:
    """Let the rules of retention hold again."""
    await holds.lift(desk, form)


@router.get("/cases/{reference}/hold")
async def get_holds(desk: Annotated[Desk, case_door(Act.HOLD_CASE)]) -> list[holds.HoldView]:
    """Read the holds of a case, the newest first."""
    return await holds.holds_of(desk)


@router.get("/retention")
async def get_retention(work: Annotated[Work, door(Act.SEE_RETENTION)]) -> list[dict[str, Any]]:
    """Read how long what is kept, and by which provision."""
    return [
        {
            "retention_class": rule.retention_class,
            "years": rule.years,
            "counted_from": rule.counted_from,
            "provision": rule.provision,
            "valid_from": rule.valid_from,
            "valid_to": rule.valid_to,
        }
        for rule in await rules.all_rules(work)
    ]


@router.post("/retention", status_code=204)
async def post_retention(form: RuleForm, work: Annotated[Work, door(Act.EDIT_RETENTION)]) -> None:
    """Add a rule that replaces the class's earlier one from a day on."""
    await rules.add_rule(work, form)


@router.get("/deletions")
async def get_deletions(request: Request, work: Annotated[Work, door(Act.READ_DELETIONS)]) -> list[reports.ReportView]:
    """Read what was deleted, in numbers."""
    return await reports.reports(work, language_of(request))
