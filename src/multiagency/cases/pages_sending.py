"""Pages: what is checked before a case is sent to its team, the receipt, and taking it back."""

from collections import defaultdict
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.cases import service
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.pages_filling import back_to
from multiagency.cases.pages_handing_on import places_of
from multiagency.cases.questions import MoveAhead, PageSections, StepsAsked
from multiagency.cases.reading import CaseView, read_case
from multiagency.cases.reading_first import LookAhead, look_ahead
from multiagency.cases.reading_sharing import who_sees
from multiagency.cases.reading_steps import SENDING, steps_of
from multiagency.cases.service_taking_back import take_back, taken_back_until, why_it_stays
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.pathways.definition import PartyRole, StageKind
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.forms import Errors
from multiagency.web.pages import attempt, page, said, see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/cases/{reference}")

Submitting = Annotated[Desk, case_door(Act.SUBMIT_CASE)]
TakingBack = Annotated[Desk, case_door(Act.TAKE_BACK_CASE)]


@router.get("/submit")
async def get_submit(request: Request, desk: Submitting) -> Response:
    """Show what was answered, who will see what, and what follows; or what is missing."""
    service.must_be_draft(desk)
    return await _check(request, desk)


@router.post("/submit")
async def post_submit(request: Request, desk: Submitting) -> Response:
    """Hand the case to the team, and show the receipt."""
    service.must_be_draft(desk)
    errors = await attempt(request, service.submit(desk))
    return await _check(request, desk, errors) if errors else see(f"/cases/{desk.case.reference}/sent", None)


async def _check(request: Request, desk: Desk, errors: Errors = ()) -> Response:
    ask = desk.work.ask
    ahead = desk.model.next_of(desk.case.stage, StageKind.OPEN) or ""
    steps = [step.wanted for step in await ask(StepsAsked(desk))]
    await look_ahead(desk, [*await ask(LookAhead(desk)), *await ask(MoveAhead(desk, ahead)), *steps])
    wanting = said(request, Invalid(*await service.missing(desk, ahead)))
    view = await read_case(desk)
    sections = sorted(await ask(PageSections(desk)), key=lambda section: section.order)
    return page(
        request,
        "case_submit.html",
        422 if errors else 200,
        reference=desk.case.reference,
        pathway=desk.case.pathway,
        errors=errors,
        conflicts=[error["message"] for error in errors if not error["field"]],
        missing=places_of(wanting),
        empty=_empty(desk, view),
        steps=await steps_of(desk),
        step=SENDING,
        view=view,
        parties=_by_role(view),
        own_part=next((part for part in view.parts if part.agency.id == desk.work.actor.agency_id), None),
        sections=[section for section in sections if not section.manages],
        **await _what_follows(request, desk),
    )


def _empty(desk: Desk, view: CaseView) -> list[str]:
    """Return where nothing stands that may be left out, but not by mistake."""
    asked = {party.role for party in desk.model.asked_parties} - {party.role for party in view.parties}
    empty = {
        "safe-contact": view.contact is None and not view.masked,
        "people/new?role=child": PartyRole.CHILD in asked,
        "part": all(part.agency.id != desk.work.actor.agency_id for part in view.parts),
    }
    return [place for place, is_empty in empty.items() if is_empty]


def _by_role(view: CaseView) -> dict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for party in view.parties:
        found[party.role].append(party)
    return dict(found)


async def _what_follows(request: Request, desk: Desk) -> dict[str, Any]:
    """Return who sees what, and by when what happens, before the case is sent as after."""
    language = language_of(request)
    team = await people.team_with(desk.work, desk.case.team_id)
    [convener] = await people.known_agencies(desk.work, [team.convener_id], "team")
    minutes = await desk.number("take_back_minutes")
    return {
        "seers": await who_sees(desk, language),
        "team": team.name,
        "convener": convener.name(language),
        "agenda_by": await service.agenda_by(desk),
        "minutes": minutes,
    }


@router.get("/sent")
async def get_sent(request: Request, desk: TakingBack) -> Response:
    """Show the receipt: what went to whom, what follows by when, and whether it may be taken back."""
    if desk.case.submitted_at is None:
        raise Conflict("taking_back.not_sent")
    stays = await why_it_stays(desk)
    return page(
        request,
        "case_sent.html",
        reference=desk.case.reference,
        pathway=desk.case.pathway,
        sent_at=desk.case.submitted_at,
        until=await taken_back_until(desk),
        stays=stays,
        **await _what_follows(request, desk),
    )


@router.post("/sent")
async def post_sent(request: Request, desk: TakingBack) -> Response:
    """Take the submission back; once it stays, say why on the receipt."""
    errors = await attempt(request, take_back(desk))
    return see(f"/cases/{desk.case.reference}/sent", None) if errors else back_to(desk, Done.TAKEN_BACK)
