"""Pages: taking a case over, what an authority has found, and a review of the client in another model."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases import service_findings as found
from multiagency.cases import service_review as review
from multiagency.cases import service_taking_over as taking_over
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.forms import FindingForm, OpenCase, TakingOverForm
from multiagency.cases.pages_filling import back_to, show
from multiagency.kernel.access import Act
from multiagency.pathways.service import pathway
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/cases/{reference}")

Taking = Annotated[Desk, case_door(Act.TAKE_OVER_CASE)]
Recording = Annotated[Desk, case_door(Act.RECORD_FINDING)]
Reviewing = Annotated[Desk, case_door(Act.OPEN_REVIEW, others=True)]


@router.get("/taking-over")
async def get_taking_over(request: Request, desk: Taking) -> Response:
    """Say what taking over ends and what it gives, and ask who looks after the case."""
    return await _taking_over(request, desk, {})


@router.post("/taking-over")
async def post_taking_over(request: Request, desk: Taking) -> Response:
    """Take the case over."""
    filled, errors = await take(request, TakingOverForm, partial(taking_over.take_over, desk))
    return await _taking_over(request, desk, filled, errors) if errors else back_to(desk, Done.TAKEN_OVER)


async def _taking_over(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    possible = await taking_over.where_to(desk) is not None
    offered = people.choices(language_of(request), await taking_over.candidates(desk)) if possible else []
    return show(
        request,
        desk,
        "case_taking_over.html",
        filled,
        errors,
        possible=possible,
        posts=offered,
        keeps=desk.model.opener_keeps,
    )


@router.get("/findings")
async def get_findings(request: Request, desk: Recording) -> Response:
    """Show what was found, and ask for what the actor is to record."""
    return await _findings(request, desk, {})


@router.post("/findings")
async def post_finding(request: Request, desk: Recording) -> Response:
    """Record it."""
    filled, errors = await take(request, FindingForm, partial(found.record, desk))
    return await _findings(request, desk, filled, errors) if errors else see(request.url.path, Done.SAVED)


@router.post("/findings/ending")
async def post_other_way(request: Request, desk: Annotated[Desk, case_door(Act.END_CASE)]) -> Response:
    """End the case where its model leads when the answer was another."""
    await found.end_the_other_way(desk)
    return back_to(desk, Done.ENDED_OTHER_WAY)


async def _findings(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    what, known = await found.asked_of(desk), await found.findings(desk)
    other = found.other_way(desk) if what == found.FIRST_OFFENCE and desk.may(Act.END_CASE) else None
    return show(
        request,
        desk,
        "case_findings.html",
        filled,
        errors,
        what=what,
        answers=found.ANSWERS[what] if what else (),
        known=list(known.values()),
        ends=other is not None and not await found.forbids(desk, other),
    )


@router.get("/review")
async def get_review(request: Request, desk: Reviewing) -> Response:
    """Say what a review is, and ask for which team and why."""
    return await _review(request, desk, {})


@router.post("/review")
async def post_review(request: Request, desk: Reviewing) -> Response:
    """Open it, and go to its draft."""
    opened: list[Desk] = []

    async def do(form: OpenCase) -> None:
        opened.append(await review.open_review(desk, form))

    filled, errors = await take(request, OpenCase, do)
    return await _review(request, desk, filled, errors) if errors else back_to(opened[0])


async def _review(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    teams = await review.teams_for_review(desk)
    return show(
        request,
        desk,
        "case_review.html",
        filled,
        errors,
        possible=await review.may_be_reviewed(desk),
        teams=[(str(team.id), team.name) for team in teams],
        model=pathway(teams[0].pathway) if teams else None,
    )
