"""JSON: opening, filling in, reading and submitting a case."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request

from multiagency.cases import api_bars, service
from multiagency.cases import service_rounds as rounds
from multiagency.cases.desk import Desk, cases_in_sight
from multiagency.cases.doors import case_door
from multiagency.cases.forms import (
    ClientForm,
    ContributorForm,
    OpenCase,
    PartForm,
    PartyForm,
    RoundForm,
    SafeContactForm,
)
from multiagency.cases.models import Case
from multiagency.cases.reading import read_case
from multiagency.cases.reading_holders import whom_to_ask
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.web.door import door
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])


def shell(case: Case) -> dict[str, Any]:
    """Return what may be told of a case by itself: reference, model of work, stage and dates."""
    return {
        "reference": case.reference,
        "pathway": case.pathway,
        "stage": case.stage,
        "opened_at": case.opened_at,
        "submitted_at": case.submitted_at,
        "withdrawn_at": case.withdrawn_at,
        "closed_at": case.closed_at,
    }


@router.post("", status_code=201)
async def post_case(form: OpenCase, work: Annotated[Work, door(Act.OPEN_CASE)]) -> dict[str, Any]:
    """Open a draft."""
    return shell((await service.refer(work, form)).case)


@router.get("")
async def get_cases(work: Annotated[Work, door(Act.LIST_CASES)]) -> list[dict[str, Any]]:
    """List the cases in sight: one's own, or the team's queue."""
    return [shell(case) for case in await cases_in_sight(work)]


@router.get("/{reference}")
async def get_case(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> dict[str, Any]:
    """Read what is in sight of a case."""
    view = await read_case(desk)
    language = language_of(request)
    return shell(desk.case) | {
        "client": view.client,
        "safe_contact": view.contact,
        "address_protected": view.protected,
        "ask_for_contact": await whom_to_ask(desk, language) if view.masked else [],
        "parties": view.parties,
        "parts": [
            {"agency": part.agency.name(language), "narrative": part.narrative, "written_at": part.written_at}
            for part in view.parts
        ],
    }


@router.put("/{reference}/client", status_code=204)
async def put_client(form: ClientForm, desk: Annotated[Desk, case_door(Act.EDIT_CASE)]) -> None:
    """Record whom the case is about."""
    await service.save_client(desk, form)


@router.put("/{reference}/safe-contact", status_code=204)
async def put_safe_contact(form: SafeContactForm, desk: Annotated[Desk, case_door(Act.EDIT_CASE)]) -> None:
    """Record how the client may be reached without danger."""
    await service.save_safe_contact(desk, form)


@router.post("/{reference}/parties", status_code=201)
async def post_party(form: PartyForm, desk: Annotated[Desk, case_door(Act.EDIT_CASE)]) -> dict[str, UUID]:
    """Add the person using violence, or a child."""
    return {"id": await service.add_party(desk, form)}


@router.put("/{reference}/parties/{party}", status_code=204)
async def put_party(party: UUID, form: PartyForm, desk: Annotated[Desk, case_door(Act.EDIT_CASE)]) -> None:
    """Correct the record of somebody in the case."""
    await service.change_party(desk, party, form)


@router.post("/{reference}/contributors", status_code=204)
async def post_contributor(form: ContributorForm, desk: Annotated[Desk, case_door(Act.ASK_FOR_PART)]) -> None:
    """Ask a colleague of an agency that the consent names for their agency's part."""
    await service.ask_for_part(desk, form)


@router.put("/{reference}/part", status_code=204)
async def put_part(form: PartForm, desk: Annotated[Desk, case_door(Act.WRITE_PART)]) -> None:
    """Write one's own agency's part."""
    await service.write_part(desk, form)


@router.post("/{reference}/rounds", status_code=204)
async def post_round(form: RoundForm, desk: Annotated[Desk, case_door(Act.BEGIN_AGAIN)]) -> None:
    """Begin a new round of a case that has ended, at the client's own wish."""
    await rounds.begin_again(desk, form)


@router.post("/{reference}/submission", status_code=204)
async def post_submission(desk: Annotated[Desk, case_door(Act.SUBMIT_CASE)]) -> None:
    """Hand the case to the team; 422 names everything that is missing."""
    await service.submit(desk)


router.include_router(api_bars.router)
