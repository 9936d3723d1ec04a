"""Pages: consent recorded and read. Other pages about consent hang below."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.models import SafeContact
from multiagency.cases.reading_steps import CONSENT, steps_of
from multiagency.consent import (
    pages_agreement as agreement_pages,
)
from multiagency.consent import (
    pages_guardians as guardian_pages,
)
from multiagency.consent import (
    pages_signing as paper_pages,
)
from multiagency.consent import (
    pages_withdrawal as withdrawal_pages,
)
from multiagency.consent import (
    service,
)
from multiagency.consent.pages_answering import on_page, read_answer, share_fields
from multiagency.consent.reading import giver_name, may_concern_guardians, names
from multiagency.consent.reading_deciding import newest_capacity, undecided
from multiagency.consent.reading_saved import saved_statement
from multiagency.consent.reading_shares import not_asked, share_field, told_by
from multiagency.consent.reading_statements import Gate, Statement, read_gate, state_of_case
from multiagency.consent.service_gate import may_be_answered
from multiagency.consent.service_withdrawing import standing
from multiagency.consent.wording import text_of, version_in_force, written_in
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.languages import COMPLETE, Language
from multiagency.pathways.definition import StageKind
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.etags import said_anew
from multiagency.web.forms import Errors, Filled, typed
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS, own_word

router = APIRouter(tags=["pages"])

_CAPACITIES = {"guardians": "guardian", "legal_representative": "legal_representative"}


@router.get("/cases/{reference}/consent")
async def get_consent(
    request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)], text: Language | None = None
) -> Response:
    """Show what each giver answered, and the form for one who may record another answer; `text` in which language."""
    if Kind.CONSENT not in desk.kinds:
        raise NotVisible
    filled = said_anew(desk.work, await saved_statement(desk))
    return await _show(request, desk, filled | {"language": text or await _spoken(desk)})


async def _spoken(desk: Desk) -> str:
    """Return the language in which the client is reached, where it is in sight: most are asked in it."""
    if Kind.CONTACT not in desk.kinds or not desk.may(Act.RECORD_CONSENT):
        return ""
    return await desk.work.session.scalar(select(SafeContact.language).where(SafeContact.case_id == desk.case.id)) or ""


@router.post("/cases/{reference}/consent")
async def post_consent(request: Request, desk: Annotated[Desk, case_door(Act.RECORD_CONSENT)]) -> Response:
    """Record what one giver answered; the page that follows reads it aloud to them."""
    data, model = await request.form(), desk.model
    named = await _named(request, desk)

    async def record() -> None:
        await service.record(desk, read_answer(data, named, model.shareable_kinds))

    if errors := await attempt(request, record()):
        return await _show(request, desk, typed(data, share_fields(data)), [on_page(error) for error in errors])
    return see(f"/cases/{desk.case.reference}/consent", Done.CONSENT_RECORDED)


async def _named(request: Request, desk: Desk) -> dict[UUID, str]:
    """Return how each agency is called."""
    return {agency.id: agency.name(language_of(request)) for agency in await people.agencies(desk.work)}


async def _show(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    gate = await read_gate(desk)
    team = await people.team_with(desk.work, desk.case.team_id)
    named = await _named(request, desk)
    said = sorted(gate.said.values(), key=lambda statement: statement.consent.version)
    editable = may_be_answered(desk) and desk.may(Act.RECORD_CONSENT)
    wanting = await undecided(desk) if editable else None
    return page(
        request,
        "consent.html",
        422 if errors else 200,
        reference=desk.case.reference,
        steps=await steps_of(desk),
        step=CONSENT,
        pathway=desk.case.pathway,
        asked_for=request.query_params.get("text", ""),
        state=state_of_case(desk, gate),
        shown=[await _view(desk, statement, named) for statement in said],
        editable=editable,
        draft=desk.stands(StageKind.DRAFT),
        wanting=wanting.key if wanting else None,
        guarded=desk.may(Act.SEE_GUARDIANS) and await may_concern_guardians(desk),
        prints=desk.may(Act.PRINT_CONSENT),
        may_withdraw=bool(desk.may(Act.WITHDRAW_CONSENT) and await standing(desk)),
        rows=[(share_field(agency), name, _part_of(desk, agency, team.convener_id)) for agency, name in named.items()],
        convening=", ".join(
            TEXTS.say(language_of(request), own_word(desk.model.code, f"consent.kind.{kind}"))
            for kind in desk.model.convening_kinds
        ),
        errors=errors,
        filled=filled,
        **await _givers(desk, gate) if editable else {},
        **_choices(request, desk),
        **await _texts(desk, filled.get("language") or language_of(request)),
    )


def _part_of(desk: Desk, agency: UUID, convener: UUID) -> str:
    """Return why an agency is needed: it coordinates, or it is the reader's own."""
    return "convenes" if agency == convener else "own" if agency == desk.work.actor.agency_id else ""


async def _view(desk: Desk, statement: Statement, named: Mapping[UUID, str]) -> dict[str, Any]:
    consent = statement.consent
    return {
        "state": "withdrawn" if desk.stands(StageKind.WITHDRAWN) else statement.state,
        "capacity": consent.capacity,
        "giver": await giver_name(desk, consent),
        "purpose": consent.purpose,
        "told": told_by(desk, statement, named),
        "not_asked": not_asked(statement, named),
        "asked_at": consent.asked_at,
        "expires_at": consent.expires_at,
        "how": consent.how,
        "language": consent.language,
        "text_version": consent.text_version,
    }


async def _givers(desk: Desk, gate: Gate) -> dict[str, Any]:
    """Return in which capacity an answer is recorded, and whose it may be when it is not the client's own."""
    judged = await newest_capacity(desk)
    capacity = _CAPACITIES.get(judged.decides if judged else "self", "self")
    known = await names(desk) if capacity != "self" else {}
    return {
        "capacity": capacity,
        "givers": [(str(giver), known[giver][1]) for giver in gate.required if giver in known],
    }


def _choices(request: Request, desk: Desk) -> dict[str, Any]:
    """Return the choices of the form, each with its words."""
    model = desk.model
    offered = {
        "answers": ("consent.said", ("given", "refused")),
        "purposes": (f"model.{model.code}.purpose", model.consent_purposes),
        "kinds": ("consent.short", model.shareable_kinds),
        "whens": ("consent.when", ("now", "earlier")),
        "hows": ("consent.how", ("spoken", "written", "electronic")),
        "spoken": ("language", (*Language, "other")),
    }
    language = language_of(request)
    return {
        name: [(str(value), TEXTS.say(language, f"{prefix}.{value}")) for value in values]
        for name, (prefix, values) in offered.items()
    }


async def _texts(desk: Desk, spoken: str) -> dict[str, Any]:
    """Return the text in force in the language that is spoken, and the others that it is written in: one at a time."""
    version, own = await version_in_force(desk), written_in(spoken)
    text, *others = [
        text_of(desk.case.pathway, version, language) for language in sorted(COMPLETE, key=lambda one: one != own)
    ]
    return {"text_version": version, "text": text, "other_texts": others}


for room in (withdrawal_pages, guardian_pages, agreement_pages, paper_pages):
    router.include_router(room.router)
