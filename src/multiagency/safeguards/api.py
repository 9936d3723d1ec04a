"""JSON: conflicts of interest, protected addresses, emergencies, handing over."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.safeguards import (
    service_break_glass as break_glass,
)
from multiagency.safeguards import (
    service_conflicts as conflicts,
)
from multiagency.safeguards import (
    service_handing_over as reassignment,
)
from multiagency.safeguards import (
    service_protection as protection,
)
from multiagency.safeguards import service_reviews as reviews
from multiagency.safeguards.forms import (
    BreakGlassForm,
    ConflictForm,
    HandOverForm,
    PostForm,
    ProtectionForm,
    ReviewForm,
)
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute
from multiagency.web.etags import created
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/api/v1", tags=["safeguards"], route_class=BodyRoute)

_Protecting = Annotated[Desk, case_door(Act.PROTECT_ADDRESS)]


@router.post("/cases/{reference}/conflict", status_code=204)
async def post_conflict(form: ConflictForm, desk: Annotated[Desk, case_door(Act.DECLARE_CONFLICT)]) -> None:
    """Declare one's own conflict of interest: oneself out, from this moment."""
    await conflicts.declare(desk, form)


@router.get("/cases/{reference}/protection")
async def get_protection(request: Request, desk: _Protecting) -> dict[str, Any]:
    """Read the orders of the case and who is cleared for the address."""
    orders, cleared = await protection.protections(desk), await protection.cleared(desk)
    fields = ("id", "granted_on", "valid_until", "covers_household", "recorded_at", "ended_at")
    language = language_of(request)
    return {
        "orders": [{name: getattr(row, name) for name in fields} for row in orders],
        "cleared": [
            {"post": view.id, "name": view.name, "title": view.title, "agency": view.agency.name(language)}
            for view in cleared
        ],
    }


@router.post("/cases/{reference}/protection", status_code=204)
async def post_protection(form: ProtectionForm, desk: _Protecting) -> None:
    """Record that the client's address is protected."""
    await protection.record(desk, form)


@router.post("/cases/{reference}/protection/clearances", status_code=204)
async def post_clearance(form: PostForm, desk: _Protecting) -> None:
    """Name one task holder who may see the address."""
    await protection.clear(desk, form)


@router.post("/cases/{reference}/protection/clearances/{post}/ending", status_code=204)
async def post_end_clearance(post: UUID, desk: _Protecting) -> None:
    """Take a clearance back."""
    await protection.end_clearance(desk, post)


@router.post("/cases/{reference}/protection/{order}/ending", status_code=204)
async def post_end_protection(order: UUID, desk: _Protecting) -> None:
    """End an order before its last day."""
    await protection.end(desk, order)


@router.post("/cases/{reference}/reassignment", status_code=204)
async def post_reassignment(form: HandOverForm, desk: Annotated[Desk, case_door(Act.REASSIGN_CASE)]) -> None:
    """Hand the referral or the coordination over."""
    await reassignment.hand_over(desk, form)


@router.post("/break-glass", status_code=201)
async def post_break_glass(
    form: BreakGlassForm, response: Response, work: Annotated[Work, door(Act.BREAK_GLASS)]
) -> dict[str, Any]:
    """Open a case in an emergency; the coordinators are told at once."""
    desk, until = await break_glass.open_case(work, form)
    created(response, f"/api/v1/cases/{desk.case.reference}")
    return {"reference": desk.case.reference, "until": until}


@router.get("/cases/{reference}/break-glass")
async def get_openings(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> list[dict[str, Any]]:
    """List the emergency openings of a case: all for who steers it, otherwise one's own."""
    language = language_of(request)
    return [
        {
            "name": view.name,
            "title": view.title,
            "agency": view.agency.name(language),
            "opened_at": view.opened_at,
            "until": view.until,
            "reason": view.reason,
            "id": view.id,
            "needed": view.needed,
            "words": view.words,
        }
        for view in await break_glass.openings(desk)
    ]


@router.post("/cases/{reference}/break-glass/{opening}/review", status_code=204)
async def post_review(form: ReviewForm, opening: UUID, desk: Annotated[Desk, case_door(Act.REVIEW_OPENING)]) -> None:
    """Answer, once, whether an opening was needed."""
    await reviews.review(desk, opening, form)


@router.get("/emergencies")
async def get_emergencies(request: Request, work: Annotated[Work, door(Act.SEE_OPENINGS)]) -> list[dict[str, Any]]:
    """List the openings that are one's own to look at, those that wait for an answer first."""
    work.record(Mode.READ)
    language = language_of(request)
    return [
        {
            "reference": view.reference,
            "name": view.who.person.name,
            "title": view.who.post.title,
            "agency": view.who.agency.name(language),
            "opened_at": view.opened_at,
            "until": view.until,
            "reviewed": view.reviewed,
        }
        for view in await reviews.openings_to_see(work)
    ]
