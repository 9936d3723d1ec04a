"""Pages: consent recorded, read and withdrawn, and its line on the page of a case."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.events import CaseShown, Section
from multiagency.cases.taking import Errors, Filled, take
from multiagency.consent import service
from multiagency.consent.forms import ConsentForm
from multiagency.consent.models import Consent
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.pathways.service import pathway
from multiagency.people import service as people
from multiagency.people.models import Agency, Team
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS

router = APIRouter(prefix="/cases/{reference}/consent", tags=["pages"])

_LISTS = ("kinds", "recipients")


async def show_section(work: Work, shown: CaseShown) -> None:
    """Add the line about consent to the page of a case, where consent is in sight."""
    desk = shown.desk
    if Kind.CONSENT not in desk.kinds:
        return
    desk.read(Kind.CONSENT)
    state = _state(desk, await service.newest(desk))
    shown.sections.append(
        Section(10, "consent.title", f"consent.state.{state}", f"/cases/{desk.case.reference}/consent")
    )


def _state(desk: Desk, consent: Consent | None) -> str:
    """Return the state as it holds now: a withdrawal stands in another agency's record when that agency did it."""
    if desk.case.stage == "withdrawn":
        return "withdrawn"
    return consent.state if consent else "not_asked"


@router.get("")
async def get_consent(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> Response:
    """Show the newest answer, and the form for one who may record another."""
    if Kind.CONSENT not in desk.kinds:
        raise NotVisible
    return await _show(request, desk, {})


@router.post("")
async def post_consent(request: Request, desk: Annotated[Desk, case_door(Act.RECORD_CONSENT)]) -> Response:
    """Record what the client answered."""
    filled, errors = await take(request, ConsentForm, partial(service.record, desk), _LISTS)
    return await _show(request, desk, filled, errors) if errors else see(f"/cases/{desk.case.reference}")


async def _show(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    desk.read(Kind.CONSENT)
    consent = await service.newest(desk)
    team = await desk.work.session.get_one(Team, desk.case.team_id)
    names = {agency.id: agency.name(language_of(request)) for agency in await people.agencies(desk.work)}
    return page(
        request,
        "consent.html",
        422 if errors else 200,
        reference=desk.case.reference,
        shown=await _view(desk, consent, names) if consent else None,
        editable=desk.case.stage == "draft" and desk.may(Act.RECORD_CONSENT),
        may_withdraw=_may_withdraw(desk, consent),
        convener=names[team.convener_id],
        agencies=[(str(agency_id), name) for agency_id, name in names.items()],
        errors=errors,
        filled=filled,
        **_choices(request, desk),
    )


async def _view(desk: Desk, consent: Consent, names: dict[Any, str]) -> dict[str, Any]:
    named = {row.agency_id for row in await service.recipients(desk, consent)}
    return {
        "state": _state(desk, consent),
        "purpose": consent.purpose,
        "kinds": [kind for kind in pathway(desk.case.pathway).shareable_kinds if kind in consent.kinds],
        "recipients": [name for agency_id, name in names.items() if agency_id in named],
        "asked_at": consent.asked_at,
        "how": consent.how,
        "language": consent.language,
    }


def _may_withdraw(desk: Desk, consent: Consent | None) -> bool:
    given = _state(desk, consent) == "given"
    return given and desk.may(Act.WITHDRAW_CONSENT) and pathway(desk.case.pathway).allows(desk.case.stage, "withdrawn")


def _choices(request: Request, desk: Desk) -> dict[str, Any]:
    """Return the choices of the form, each with its words."""
    model = pathway(desk.case.pathway)
    offered = {
        "answers": ("consent.said", ("given", "refused")),
        "purposes": ("consent.purpose", model.consent_purposes),
        "kinds": ("consent.kind", model.shareable_kinds),
        "hows": ("consent.how", ("spoken", "written", "electronic")),
        "spoken": ("language", (*Language, "other")),
    }
    language = language_of(request)
    return {
        name: [(str(value), TEXTS.say(language, f"{prefix}.{value}")) for value in values]
        for name, (prefix, values) in offered.items()
    }


@router.get("/withdrawal")
async def get_withdrawal(request: Request, desk: Annotated[Desk, case_door(Act.WITHDRAW_CONSENT)]) -> Response:
    """Say in plain words what a withdrawal ends and what remains, before it is done."""
    return await _interrupt(request, desk)


@router.post("/withdrawal")
async def post_withdrawal(request: Request, desk: Annotated[Desk, case_door(Act.WITHDRAW_CONSENT)]) -> Response:
    """Withdraw the consent: effective for the next look of anybody."""
    errors = await attempt(request, service.withdraw(desk))
    return await _interrupt(request, desk, errors) if errors else see(f"/cases/{desk.case.reference}")


async def _interrupt(request: Request, desk: Desk, errors: Errors = ()) -> Response:
    desk.read(Kind.CONSENT)
    consent = await service.newest(desk)
    return page(
        request,
        "consent_withdrawal.html",
        409 if errors else 200,
        reference=desk.case.reference,
        agencies=await _losing_sight(request, desk, consent) if consent and _may_withdraw(desk, consent) else None,
        errors=errors,
    )


async def _losing_sight(request: Request, desk: Desk, consent: Consent) -> list[str]:
    named = {row.agency_id for row in await service.recipients(desk, consent)}
    agencies: list[Agency] = [agency for agency in await people.agencies(desk.work) if agency.id in named]
    return [agency.name(language_of(request)) for agency in agencies]
