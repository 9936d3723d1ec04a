"""JSON: disclosures of a case, notifications, sharing on a ground; the register and the inbox stand beside."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.disclosures import (
    api_register,
    service,
)
from multiagency.disclosures import (
    service_child_welfare as child_welfare,
)
from multiagency.disclosures import (
    service_sharing as sharing,
)
from multiagency.disclosures.forms import (
    ChildWelfareForm,
    DeliveryForm,
    DisclosureForm,
    NotificationForm,
    PaperNotificationForm,
    SharingForm,
)
from multiagency.disclosures.models import Disclosure
from multiagency.disclosures.paper_disclosure import disclosure_pdf, on_paper
from multiagency.disclosures.paper_notification import notification_pdf
from multiagency.disclosures.reading import DisclosureView, disclosures, one_disclosure
from multiagency.disclosures.reading_fields import read_offered
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute
from multiagency.web.speaking import language_of

_cases = APIRouter(prefix="/api/v1/cases/{reference}", tags=["disclosures"], route_class=BodyRoute)
router = APIRouter(route_class=BodyRoute)


def _made(row: Disclosure) -> dict[str, Any]:
    return {"id": row.id, "channel": row.channel}


def _shown(view: DisclosureView, language: str) -> dict[str, Any]:
    delivery = view.delivery
    return {
        "id": view.row.id,
        "decided_at": view.row.decided_at,
        "author": view.author.label,
        "recipient": view.recipient,
        "ground": {
            "code": view.ground.code,
            "provision": view.ground.provision,
            "text": view.ground.words(language),
        },
        "purpose": view.row.purpose,
        "requested_by": view.requested_by,
        "necessity": view.necessity,
        "fields": view.row.fields,
        "content": view.content,
        "channel": view.row.channel,
        "recording": view.recording,
        "delivery": delivery and {"how": delivery.how, "delivered_at": delivery.delivered_at},
    }


@_cases.get("/disclosures")
async def get_disclosures(
    request: Request, desk: Annotated[Desk, case_door(Act.READ_DISCLOSURES)]
) -> list[dict[str, Any]]:
    """List what one's own agency disclosed in this case, with each ground's text as it was."""
    language = language_of(request)
    return [_shown(view, language) for view in await disclosures(desk, language)]


@_cases.get("/disclosable")
async def get_disclosable(desk: Annotated[Desk, case_door(Act.DISCLOSE)]) -> list[dict[str, Any]]:
    """List what of one's own agency's record can be picked, as codes; the data themselves are read with the case."""
    offered, _ = await read_offered(desk)
    return [{"code": datum.code, "who": datum.who, "kind": datum.kind} for datum in offered]


@_cases.post("/disclosures", status_code=201)
async def post_disclosure(
    request: Request, form: DisclosureForm, desk: Annotated[Desk, case_door(Act.DISCLOSE)]
) -> dict[str, Any]:
    """Disclose the picked data; 422 names what is missing, also the confirmation."""
    return _made(await on_paper(desk, service.disclose(desk, form), language_of(request)))


@_cases.get("/disclosures/{disclosure}/document")
async def get_document(
    request: Request, disclosure: UUID, desk: Annotated[Desk, case_door(Act.READ_DISCLOSURES)]
) -> Response:
    """Fetch the document to be handed over, as PDF/UA."""
    language = language_of(request)
    return await disclosure_pdf(desk, await one_disclosure(desk, disclosure, language), language)


@_cases.post("/disclosures/{disclosure}/delivery", status_code=204)
async def post_delivery(
    disclosure: UUID, form: DeliveryForm, desk: Annotated[Desk, case_door(Act.READ_DISCLOSURES)]
) -> None:
    """Record how and when a printed disclosure was handed over."""
    await service.record_delivery(desk, disclosure, form)


@_cases.get("/child-welfare")
async def get_child_welfare(desk: Annotated[Desk, case_door(Act.NOTIFY_CHILD_WELFARE)]) -> list[dict[str, Any]]:
    """List what one's own agency decided about a notification; an empty list is never "not needed"."""
    return [
        {"decision": view.decision, "reason": view.reason, "decided_at": view.decided_at, "by": view.decided_by.label}
        for view in await child_welfare.decisions(desk)
    ]


@_cases.post("/child-welfare", status_code=204)
async def post_child_welfare(
    form: ChildWelfareForm, desk: Annotated[Desk, case_door(Act.DECIDE_CHILD_WELFARE)]
) -> None:
    """Record that a notification was made already, or why none is needed."""
    await child_welfare.decide(desk, form)


@_cases.post("/child-welfare/notification", status_code=201)
async def post_notification(
    request: Request, form: NotificationForm, desk: Annotated[Desk, case_door(Act.NOTIFY_CHILD_WELFARE)]
) -> dict[str, Any]:
    """Make a child-welfare notification: needs no consent, at any stage."""
    return _made(await on_paper(desk, child_welfare.notify(desk, form), language_of(request)))


@_cases.post("/sharing", status_code=204)
async def post_sharing(form: SharingForm, desk: Annotated[Desk, case_door(Act.SHARE_ON_GROUND)]) -> None:
    """Bring the case to the table on a ground; 409 where the team takes cases by consent only."""
    await sharing.share(desk, form)


@router.post("/api/v1/child-welfare/notification", tags=["disclosures"])
async def post_notification_without_case(
    request: Request, form: PaperNotificationForm, work: Annotated[Work, door(Act.NOTIFY_WITHOUT_CASE)]
) -> Response:
    """Answer with a child-welfare notification to print; it is neither sent nor kept."""
    return await notification_pdf(work, form, language_of(request))


router.include_router(_cases)
router.include_router(api_register.router)
