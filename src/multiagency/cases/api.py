"""JSON: opening, filling in, reading and submitting a case."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases import (
    api_bars,
    api_moves,
    api_support,
    api_taking_over,
    service,
    service_people,
    service_striking,
)
from multiagency.cases import service_rounds as rounds
from multiagency.cases.desk import Desk, cases_in_sight
from multiagency.cases.doors import case_door
from multiagency.cases.forms import (
    ClientForm,
    ContributorForm,
    MistakeForm,
    OpenCase,
    PartForm,
    PartyForm,
    RoundForm,
    SafeContactForm,
    VersionForm,
)
from multiagency.cases.models import Case
from multiagency.cases.reading import masked, read_case
from multiagency.cases.reading_holders import whom_to_ask
from multiagency.cases.reading_origin import origin_of
from multiagency.cases.reading_saved import (
    earlier_parts,
    saved_client,
    saved_contact,
    saved_part,
    saved_party,
)
from multiagency.cases.service_model_version import move_version, newer
from multiagency.cases.service_taking_back import take_back
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.versions import Saved
from multiagency.kernel.work import Work
from multiagency.pathways.reading_differences import differences
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute
from multiagency.web.etags import created, tag
from multiagency.web.lists import Start, link_next
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/api/v1/cases", tags=["cases"], route_class=BodyRoute)

_Reading = Annotated[Desk, case_door(Act.READ_CASE)]
_Editing = Annotated[Desk, case_door(Act.EDIT_CASE)]


def _read(response: Response, desk: Desk, saved: Saved, kind: Kind) -> dict[str, str] | None:
    """Answer with a record and its version; with nothing where its kind is not in sight."""
    if kind not in desk.kinds:
        return None
    tag(response, desk.work, saved)
    return dict(saved.values)


def shell(case: Case) -> dict[str, Any]:
    """Return what may be told of a case by itself: reference, model of work, stage and dates."""
    return {
        "reference": case.reference,
        "pathway": case.pathway,
        "pathway_version": case.pathway_version,
        "stage": case.stage,
        "stage_kind": case.stage_kind,
        "opened_at": case.opened_at,
        "submitted_at": case.submitted_at,
        "withdrawn_at": case.withdrawn_at,
        "closed_at": case.closed_at,
    }


@router.post("", status_code=201)
async def post_case(form: OpenCase, response: Response, work: Annotated[Work, door(Act.OPEN_CASE)]) -> dict[str, Any]:
    """Open a draft."""
    case = (await service.refer(work, form)).case
    created(response, f"/api/v1/cases/{case.reference}")
    return shell(case)


@router.get("")
async def get_cases(
    response: Response, work: Annotated[Work, door(Act.LIST_CASES)], start: Start = 0
) -> list[dict[str, Any]]:
    """List the cases in sight: one's own, or the team's queue."""
    found = await cases_in_sight(work, start)
    link_next(response, "/api/v1/cases", found)
    return [shell(case) for case in found.rows]


@router.get("/{reference}")
async def get_case(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> dict[str, Any]:
    """Read what is in sight of a case."""
    view = await read_case(desk)
    language, opened = language_of(request), await origin_of(desk)
    return shell(desk.case) | {
        "reasons": opened.reasons if opened else [],
        "source": opened.source if opened else None,
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


@router.get("/{reference}/client")
async def get_client(response: Response, desk: _Reading) -> dict[str, str] | None:
    """Read whom the case is about, with its version as `ETag`; null where that is not in sight."""
    return _read(response, desk, await saved_client(desk), Kind.IDENTITY)


@router.put("/{reference}/client", status_code=204)
async def put_client(form: ClientForm, response: Response, desk: _Editing) -> None:
    """Record whom the case is about; a field that is left out stays. `If-Match` refuses an older version."""
    await service_people.save_client(desk, form)
    tag(response, desk.work, await saved_client(desk))


@router.get("/{reference}/safe-contact")
async def get_safe_contact(response: Response, desk: _Reading) -> dict[str, str] | None:
    """Read how the client may be reached, with its version; null where it is kept from the reader."""
    if await masked(desk):
        return None
    return _read(response, desk, await saved_contact(desk), Kind.CONTACT)


@router.put("/{reference}/safe-contact", status_code=204)
async def put_safe_contact(form: SafeContactForm, response: Response, desk: _Editing) -> None:
    """Record how the client may be reached without danger; a field that is left out stays."""
    await service.save_safe_contact(desk, form)
    tag(response, desk.work, await saved_contact(desk))


@router.post("/{reference}/parties", status_code=201)
async def post_party(form: PartyForm, response: Response, desk: _Editing) -> dict[str, UUID]:
    """Add the person using violence, or a child."""
    party = await service_people.add_party(desk, form)
    created(response, f"/api/v1/cases/{desk.case.reference}/parties/{party}")
    return {"id": party}


@router.get("/{reference}/parties/{party}")
async def get_party(party: UUID, response: Response, desk: _Reading) -> dict[str, str]:
    """Read the record of somebody in the case, with its version."""
    shown = {view.id: view.relation for view in (await read_case(desk, {Kind.PARTY})).parties}
    if party not in shown:
        raise NotVisible
    saved = await saved_party(desk, party)
    tag(response, desk.work, saved)
    return {**saved.values, "relation": shown[party]}


@router.put("/{reference}/parties/{party}", status_code=204)
async def put_party(party: UUID, form: PartyForm, response: Response, desk: _Editing) -> None:
    """Correct the record of somebody in the case; a field that is left out stays."""
    await service_people.change_party(desk, party, form)
    tag(response, desk.work, await saved_party(desk, party))


@router.post("/{reference}/parties/{party}/removal", status_code=204)
async def post_removal(party: UUID, form: MistakeForm, desk: _Editing) -> None:
    """Strike somebody who was recorded by mistake: no answer of the service names them from then on."""
    await service_striking.strike(desk, party, form)


@router.post("/{reference}/contributors", status_code=204)
async def post_contributor(form: ContributorForm, desk: Annotated[Desk, case_door(Act.ASK_FOR_PART)]) -> None:
    """Ask a colleague of an agency that the consent names for their agency's part."""
    await service.ask_for_part(desk, form)


@router.get("/{reference}/part")
async def get_part(response: Response, desk: _Reading) -> dict[str, str] | None:
    """Read what one's own agency tells, with its version."""
    return _read(response, desk, await saved_part(desk), Kind.NARRATIVE)


@router.get("/{reference}/part/earlier")
async def get_earlier_parts(desk: _Reading) -> list[dict[str, Any]]:
    """List what one's own agency told before it changed its part, the newest first."""
    return [{"narrative": part.narrative, "written_at": part.written_at} for part in await earlier_parts(desk)]


@router.put("/{reference}/part", status_code=204)
async def put_part(form: PartForm, response: Response, desk: Annotated[Desk, case_door(Act.WRITE_PART)]) -> None:
    """Write one's own agency's part."""
    await service.write_part(desk, form)
    tag(response, desk.work, await saved_part(desk))


@router.post("/{reference}/rounds", status_code=204)
async def post_round(form: RoundForm, desk: Annotated[Desk, case_door(Act.BEGIN_AGAIN)]) -> None:
    """Begin a new round of a case that has ended, at the client's own wish."""
    await rounds.begin_again(desk, form)


@router.get("/{reference}/version")
async def get_version(desk: Annotated[Desk, case_door(Act.MOVE_VERSION)]) -> dict[str, Any]:
    """Read which version of its model the case keeps, and what differs in the newer one, where there is one."""
    wanted = newer(desk)
    differs = [asdict(one) for one in differences(desk.model, wanted)] if wanted else []
    return {"version": desk.case.pathway_version, "newer": wanted and wanted.version, "differs": differs}


@router.post("/{reference}/version", status_code=204)
async def post_version(form: VersionForm, desk: Annotated[Desk, case_door(Act.MOVE_VERSION)]) -> None:
    """Let the case keep the newer version in force; 409 where it has ended, or that version lacks its stage."""
    await move_version(desk, form)


@router.post("/{reference}/submission", status_code=204)
async def post_submission(desk: Annotated[Desk, case_door(Act.SUBMIT_CASE)]) -> None:
    """Hand the case to the team; 422 names everything that is missing."""
    await service.submit(desk)


@router.post("/{reference}/submission/taking-back", status_code=204)
async def post_taking_back(desk: Annotated[Desk, case_door(Act.TAKE_BACK_CASE)]) -> None:
    """Take a submission back; 409 once a coordinator has seen the case, or it was sent too long ago."""
    await take_back(desk)


router.include_router(api_bars.router)
router.include_router(api_moves.router)
router.include_router(api_taking_over.router)
router.include_router(api_support.router)
