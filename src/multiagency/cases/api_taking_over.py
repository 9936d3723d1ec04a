"""JSON: taking a case over, what an authority has found, and a review of the client in another model."""

from typing import Annotated

from fastapi import APIRouter, Response

from multiagency.cases import service_findings as found
from multiagency.cases import service_review as review
from multiagency.cases import service_taking_over as taking_over
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.forms import FindingForm, OpenCase, TakingOverForm
from multiagency.kernel.access import Act
from multiagency.web.entering import BodyRoute
from multiagency.web.etags import created

router = APIRouter(route_class=BodyRoute)


@router.post("/{reference}/taking-over", status_code=204)
async def post_taking_over(form: TakingOverForm, desk: Annotated[Desk, case_door(Act.TAKE_OVER_CASE)]) -> None:
    """Take the case over: its opener sees stage and dates from now on, and what consent lets it keep."""
    await taking_over.take_over(desk, form)


@router.get("/{reference}/findings")
async def get_findings(desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> list[found.FindingView]:
    """List what an authority has found, as far as it is in sight."""
    return list((await found.findings(desk)).values())


@router.post("/{reference}/findings", status_code=204)
async def post_finding(form: FindingForm, desk: Annotated[Desk, case_door(Act.RECORD_FINDING)]) -> None:
    """Record whether it is the first offence, or that a decision was made."""
    await found.record(desk, form)


@router.post("/{reference}/findings/ending", status_code=204)
async def post_other_way(desk: Annotated[Desk, case_door(Act.END_CASE)]) -> None:
    """End the case where its model leads when the answer was another: it goes on without this service."""
    await found.end_the_other_way(desk)


@router.post("/{reference}/review", status_code=201)
async def post_review(
    form: OpenCase, response: Response, desk: Annotated[Desk, case_door(Act.OPEN_REVIEW, others=True)]
) -> dict[str, str]:
    """Open a review of a client under age, unlinked, with what one's own agency recorded about them."""
    reference = (await review.open_review(desk, form)).case.reference
    created(response, f"/api/v1/cases/{reference}")
    return {"reference": reference}
