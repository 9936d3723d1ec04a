"""Pages: what one's own agency disclosed in a case, its document, how it was delivered; the others stand beside."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.reading_names import name_of
from multiagency.disclosures import (
    pages_child_welfare,
    pages_disclosing,
    pages_inbox,
    pages_notification,
    pages_register,
    pages_sharing,
    pages_situation,
    service,
)
from multiagency.disclosures.forms import HOWS, DeliveryForm
from multiagency.disclosures.pages_checking import as_choices
from multiagency.disclosures.paper_disclosure import disclosure_pdf, line_label, line_value, recording_facts
from multiagency.disclosures.reading import DisclosureView, disclosures, one_disclosure
from multiagency.kernel.access import Act
from multiagency.kernel.languages import Language
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])
router.include_router(pages_disclosing.router)
router.include_router(pages_child_welfare.router)
router.include_router(pages_situation.router)
router.include_router(pages_sharing.router)
router.include_router(pages_register.router)
router.include_router(pages_inbox.router)
router.include_router(pages_notification.router)

_Reading = Annotated[Desk, case_door(Act.READ_DISCLOSURES)]


@router.get("/cases/{reference}/disclosures")
async def get_disclosures(request: Request, desk: _Reading) -> Response:
    """List what was disclosed: what, to whom, when, on which ground as it read then."""
    language = language_of(request)
    views = [_shown(view, language) for view in await disclosures(desk, language)]
    return page(
        request,
        "disclosures.html",
        reference=desk.case.reference,
        name=await name_of(desk),
        disclosures=views,
        may_disclose=desk.may(Act.DISCLOSE),
    )


def _shown(view: DisclosureView, language: Language) -> dict[str, Any]:
    return {
        "view": view,
        "ground_text": view.ground.words(language),
        "lines": [(line_label(language, line), line_value(language, line)) for line in view.content.lines],
        "recording": recording_facts(language, view.recording),
    }


@router.get("/cases/{reference}/disclosures/{disclosure}/document")
async def get_document(request: Request, disclosure: UUID, desk: _Reading) -> Response:
    """Fetch the document to be handed over."""
    language = language_of(request)
    return await disclosure_pdf(desk, await one_disclosure(desk, disclosure, language), language)


@router.get("/cases/{reference}/disclosures/{disclosure}/delivery")
async def get_delivery(request: Request, disclosure: UUID, desk: _Reading) -> Response:
    """Ask how and when it was handed over."""
    return await _ask_delivery(request, desk, disclosure, {})


@router.post("/cases/{reference}/disclosures/{disclosure}/delivery")
async def post_delivery(request: Request, disclosure: UUID, desk: _Reading) -> Response:
    """Record how and when it was handed over."""
    filled, errors = await take(request, DeliveryForm, partial(service.record_delivery, desk, disclosure))
    if errors:
        return await _ask_delivery(request, desk, disclosure, filled, errors)
    return see(f"/cases/{desk.case.reference}/disclosures")


async def _ask_delivery(
    request: Request, desk: Desk, disclosure: UUID, filled: Filled, errors: Errors = ()
) -> Response:
    view = await one_disclosure(desk, disclosure, language_of(request))
    return page(
        request,
        "disclosure_delivery.html",
        422 if errors else 200,
        reference=desk.case.reference,
        view=view,
        hows=as_choices(request, "disclosure.how", HOWS),
        filled=filled,
        errors=errors,
    )
