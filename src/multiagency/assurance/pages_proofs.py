"""Pages: whether the log is whole, verified in place and said in plain words."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.assurance.reading_proofs import verdict_of
from multiagency.audit import service as audit
from multiagency.audit import witnesses
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Conflict
from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.web.door import door
from multiagency.web.pages import page, said
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/audit")


@router.get("/verification")
async def get_verification_page(request: Request, work: Annotated[Work, door(Act.VERIFY_LOG)]) -> Response:
    """Verify every numbered entry and say in plain words whether the log is whole."""
    try:
        verdict = await verdict_of(work)
        checkpoint = await audit.newest_checkpoint(work)
    except Conflict as error:
        return page(request, "audit_verification.html", 409, errors=said(request, error), verdict=None)
    names = {agency.id: agency.name(language_of(request)) for agency in await people.agencies(work)}
    signed = [one for one in await witnesses.standing(work) if one.name in verdict.witnesses]
    return page(
        request,
        "audit_verification.html",
        verdict=verdict,
        checkpoint=checkpoint,
        cosigned=", ".join(names[one.agency_id] for one in signed),
    )
