"""Pages: opening a case in an emergency, who opened it, and whether it was needed."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act
from multiagency.kernel.clock import to_helsinki
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.safeguards import service_break_glass as break_glass
from multiagency.safeguards import service_reviews as reviews
from multiagency.safeguards.forms import BreakGlassForm, ReviewForm
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])

Breaking = Annotated[Work, door(Act.BREAK_GLASS)]
Reviewing = Annotated[Desk, case_door(Act.REVIEW_OPENING)]


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
    """List who opened the case in an emergency, when and why: all for who steers it, otherwise one's own."""
    return await _openings(request, desk, {})


@router.get("/cases/{reference}/break-glass/{opening}/review")
async def get_review(request: Request, opening: UUID, desk: Reviewing) -> Response:
    """Ask whether one opening was needed."""
    return await _openings(request, desk, {}, asked=opening)


@router.post("/cases/{reference}/break-glass/{opening}/review")
async def post_review(request: Request, opening: UUID, desk: Reviewing) -> Response:
    """Answer whether it was needed."""
    filled, errors = await take(request, ReviewForm, partial(reviews.review, desk, opening))
    if errors:
        return await _openings(request, desk, filled, errors, asked=opening)
    return see(f"/cases/{desk.case.reference}/break-glass", Done.REVIEWED)


async def _openings(
    request: Request, desk: Desk, filled: Filled, errors: Errors = (), asked: UUID | None = None
) -> Response:
    language = language_of(request)
    rows = [
        {
            "id": view.id,
            "who": f"{view.name}, {view.title}, {view.agency.name(language)}",
            "opened_at": to_helsinki(view.opened_at),
            "until": to_helsinki(view.until),
            "reason": view.reason,
            "needed": view.needed,
            "words": view.words,
        }
        for view in await break_glass.openings(desk)
        if asked in {None, view.id}
    ]
    return page(
        request,
        "case_openings.html",
        422 if errors else 200,
        errors=errors,
        filled=filled,
        reference=desk.case.reference,
        rows=rows,
        asked=asked,
        may_review=desk.may(Act.REVIEW_OPENING),
    )


@router.get("/emergencies")
async def get_emergencies(request: Request, work: Annotated[Work, door(Act.SEE_OPENINGS)]) -> Response:
    """List the openings that are one's own to look at, those that wait for an answer first."""
    work.record(Mode.READ)
    language = language_of(request)
    rows = [
        {
            "reference": view.reference,
            "who": f"{view.who.label}, {view.who.agency.name(language)}",
            "opened_at": to_helsinki(view.opened_at),
            "until": to_helsinki(view.until),
            "reviewed": view.reviewed,
        }
        for view in await reviews.openings_to_see(work)
    ]
    return page(request, "emergencies.html", rows=rows, leads=work.actor.role == "coordinator")
