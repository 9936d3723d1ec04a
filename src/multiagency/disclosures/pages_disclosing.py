"""Pages that disclose, one thing each: to whom, on which ground, what and why, and last what exactly leaves."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.disclosures import service
from multiagency.disclosures.forms import PURPOSES, DisclosureForm
from multiagency.disclosures.models import Disclosure, LegalGround
from multiagency.disclosures.pages_checking import OUTSIDE, as_choices, interrupt, offered_choices
from multiagency.disclosures.paper_disclosure import on_paper
from multiagency.disclosures.reading_fields import read_offered
from multiagency.disclosures.service_grounds import fitting, known_ground
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Invalid
from multiagency.people import reading as people
from multiagency.people.models import AgencyKind
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take_checked, typed, without_empty
from multiagency.web.pages import page, said, see
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS

router = APIRouter(prefix="/cases/{reference}/disclosures")

Disclosing = Annotated[Desk, case_door(Act.DISCLOSE)]
_LISTS = ("fields",)


def _recipient_fields(data: FormData) -> FormData:
    """Turn the one choice of the page into fields: an agency here, or a kind of agency outside."""
    fields = []
    for name, value in without_empty(data).multi_items():
        outside = name == "recipient" and str(value).startswith(f"{OUTSIDE}:")
        fields.append(("recipient_kind", str(value).partition(":")[2]) if outside else (name, value))
    return FormData(fields)


async def _kind_of(desk: Desk, choice: str) -> tuple[str, str]:
    """Return which kind of agency a choice means, and the id of an agency here.

    Raises `Invalid` for what is no choice.
    """
    if choice.removeprefix(f"{OUTSIDE}:") in set(AgencyKind):
        return choice.removeprefix(f"{OUTSIDE}:"), ""
    try:
        agency = (await people.known_agencies(desk.work, [UUID(choice)], "recipient"))[0]
    except ValueError as error:
        raise Invalid.of("recipient", "disclosure.no_recipient") from error
    return agency.kind, str(agency.id)


@router.get("/new")
async def get_new(request: Request, desk: Disclosing) -> Response:
    """Ask to whom."""
    return await _ask_whom(request, desk)


async def _ask_whom(request: Request, desk: Desk, errors: Errors = ()) -> Response:
    language, own = language_of(request), desk.work.actor.agency_id
    here = [(str(a.id), a.name(language)) for a in await people.agencies(desk.work) if a.id != own]
    outside = [
        (
            f"{OUTSIDE}:{kind}",
            TEXTS.say(language, "disclosure.outside", kind=TEXTS.say(language, f"agency_kind.{kind}")),
        )
        for kind in AgencyKind
    ]
    return page(
        request,
        "disclosure_to.html",
        422 if errors else 200,
        reference=desk.case.reference,
        recipients=here + outside,
        errors=errors,
    )


@router.get("/new/ground")
async def get_ground(request: Request, desk: Disclosing, recipient: str = "") -> Response:
    """Offer the grounds that let one's own agency disclose to this recipient."""
    try:
        kind, agency = await _kind_of(desk, recipient)
    except Invalid as error:
        return await _ask_whom(request, desk, said(request, error))
    return await _ask_ground(request, desk, recipient, await _fitting(desk, kind, agency))


async def _fitting(desk: Desk, kind: str, agency: str) -> list[LegalGround]:
    found = await fitting(desk.work, await service.giver_of(desk), kind)
    named = bool(agency) and bool(await service.consented_kinds(desk, UUID(agency)))
    return [ground for ground in found if named or not ground.needs_consent]


async def _ask_ground(
    request: Request, desk: Desk, recipient: str, grounds: Sequence[LegalGround], errors: Errors = ()
) -> Response:
    language = language_of(request)
    return page(
        request,
        "disclosure_ground.html",
        422 if errors else 200,
        reference=desk.case.reference,
        recipient=recipient,
        grounds=[(ground.code, f"{ground.words(language)} ({ground.provision})") for ground in grounds],
        errors=errors,
    )


@router.get("/new/details")
async def get_details(request: Request, desk: Disclosing, recipient: str = "", ground: str = "") -> Response:
    """Ask what of one's own record, why it is necessary, and for what."""
    try:
        kind, agency = await _kind_of(desk, recipient)
    except Invalid as error:
        return await _ask_whom(request, desk, said(request, error))
    grounds = await _fitting(desk, kind, agency)
    if ground not in {found.code for found in grounds}:
        errors = said(request, Invalid.of("ground", "disclosure.no_ground"))
        return await _ask_ground(request, desk, recipient, grounds, errors)
    return await _details(request, desk, {"recipient": recipient, "ground": ground})


@router.post("/new/details")
async def post_details(request: Request, desk: Disclosing) -> Response:
    """Go back from the last page: everything stands there as it was typed."""
    return await _details(request, desk, typed(await request.form(), _LISTS))


async def _details(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    language = language_of(request)
    kind, agency = await _kind_of(desk, str(filled.get("recipient", "")))
    ground = await known_ground(desk.work, str(filled.get("ground", "")))
    name = (await people.known_agencies(desk.work, [UUID(agency)], "recipient"))[0].name(language) if agency else ""
    offered, _ = await read_offered(desk)
    about: dict[str, Any] = {
        "fields": offered_choices(request, offered),
        "purposes": as_choices(request, "disclosure.purposes", PURPOSES),
        "kind": kind,
        "recipient": name,
        "ground": ground,
        "ground_text": ground.words(language),
    }
    return page(
        request,
        "disclosure_details.html",
        422 if errors else 200,
        reference=desk.case.reference,
        filled=filled,
        errors=errors,
        **about,
    )


@router.post("/new/check")
async def post_check(request: Request, desk: Disclosing) -> Response:
    """Show exactly what would leave, before it does."""
    taken = await take_checked(request, DisclosureForm, partial(service.prepare, desk), _LISTS, _recipient_fields)
    if taken.done is None:
        return await _details(request, desk, taken.filled, taken.errors)
    here = f"/cases/{desk.case.reference}/disclosures"
    return interrupt(request, desk, taken.done, taken, action=here, back=f"{here}/new/details")


@router.post("")
async def post_disclosure(request: Request, desk: Disclosing) -> Response:
    """Disclose what was shown and confirmed."""

    async def disclose(form: DisclosureForm) -> Disclosure:
        return await on_paper(desk, service.disclose(desk, form), language_of(request))

    taken = await take_checked(request, DisclosureForm, disclose, _LISTS, _recipient_fields)
    if taken.done is None:
        return await _details(request, desk, taken.filled, taken.errors)
    return see(f"/cases/{desk.case.reference}/disclosures", Done.DISCLOSED)
