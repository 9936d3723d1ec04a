"""Pages: the child-welfare notification, and the decision that one was made already or is not needed."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.disclosures import service_child_welfare as child_welfare
from multiagency.disclosures.forms import ChildWelfareForm, NotificationForm
from multiagency.disclosures.models import Disclosure
from multiagency.disclosures.pages_checking import OUTSIDE, as_choices, interrupt, offered_choices
from multiagency.disclosures.paper_disclosure import on_paper
from multiagency.disclosures.reading_fields import read_offered
from multiagency.disclosures.service import BY_HAND
from multiagency.disclosures.service_grounds import known_ground
from multiagency.kernel.access import Act
from multiagency.pathways.definition import PartyRole
from multiagency.people import reading as people
from multiagency.people.models import AgencyKind
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take, take_checked, typed, without_empty
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS

router = APIRouter(prefix="/cases/{reference}/child-welfare")

_Notifying = Annotated[Desk, case_door(Act.NOTIFY_CHILD_WELFARE)]
Deciding = Annotated[Desk, case_door(Act.DECIDE_CHILD_WELFARE)]
_LISTS = ("children", "fields")


@router.get("")
async def get_child_welfare(request: Request, desk: _Notifying) -> Response:
    """Show what was decided, and offer the notification."""
    return await _show(request, desk, {})


@router.post("")
async def post_child_welfare(request: Request, desk: Deciding) -> Response:
    """Record that a notification was made already, or why none is needed."""
    filled, errors = await take(request, ChildWelfareForm, partial(child_welfare.decide, desk))
    return await _show(request, desk, filled, errors) if errors else see(f"/cases/{desk.case.reference}")


async def _show(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    return page(
        request,
        "child_welfare.html",
        422 if errors else 200,
        reference=desk.case.reference,
        decisions=await child_welfare.decisions(desk),
        may_decide=desk.may(Act.DECIDE_CHILD_WELFARE),
        choices=as_choices(request, "child_welfare.decide", ("already_notified", "not_needed")),
        filled=filled,
        errors=errors,
    )


@router.get("/notification")
async def get_notification(request: Request, desk: _Notifying) -> Response:
    """Ask which children, why, and to whom."""
    return await _details(request, desk, {})


@router.post("/notification/details")
async def post_details(request: Request, desk: _Notifying) -> Response:
    """Go back from the last page: everything stands there as it was typed."""
    return await _details(request, desk, typed(await request.form(), _LISTS))


async def _details(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    language = language_of(request)
    counties = [
        (str(agency.id), agency.name(language))
        for agency in await people.agencies(desk.work)
        if agency.kind == AgencyKind.COUNTY
    ]
    offered, _ = await read_offered(desk)
    names = {datum.code: datum for datum in offered if datum.who == PartyRole.CHILD and datum.code.endswith(".name")}
    ground = await known_ground(desk.work, child_welfare.GROUND)
    return page(
        request,
        "child_welfare_notification.html",
        422 if errors else 200,
        reference=desk.case.reference,
        recipients=[*counties, (OUTSIDE, TEXTS.say(language, "child_welfare.on_paper"))],
        children=[(str(datum.subject), datum.value) for datum in names.values()],
        fields=offered_choices(request, [datum for datum in offered if datum.code not in names]),
        ground=ground,
        ground_text=ground.words(language),
        filled=filled,
        errors=errors,
    )


def _recipient_fields(data: FormData) -> FormData:
    """A notification on paper names its recipient; leave the word for it out."""
    return FormData([(name, value) for name, value in without_empty(data).multi_items() if value != OUTSIDE])


@router.post("/notification/check")
async def post_check(request: Request, desk: _Notifying) -> Response:
    """Show exactly what would leave, before it does."""
    preparing = partial(child_welfare.prepare_notification, desk)
    taken = await take_checked(request, NotificationForm, preparing, _LISTS, _recipient_fields)
    if taken.done is None:
        return await _details(request, desk, taken.filled, taken.errors)
    here = f"/cases/{desk.case.reference}/child-welfare/notification"
    return interrupt(request, desk, taken.done, taken, action=here, back=f"{here}/details")


@router.post("/notification")
async def post_notification(request: Request, desk: _Notifying) -> Response:
    """Make the notification that was shown and confirmed; on paper, the document comes next."""

    async def notify(form: NotificationForm) -> Disclosure:
        return await on_paper(desk, child_welfare.notify(desk, form), language_of(request))

    taken = await take_checked(request, NotificationForm, notify, _LISTS, _recipient_fields)
    if taken.done is None:
        return await _details(request, desk, taken.filled, taken.errors)
    place = "disclosures" if taken.done.channel == BY_HAND else "child-welfare"
    return see(f"/cases/{desk.case.reference}/{place}", Done.NOTIFIED)
