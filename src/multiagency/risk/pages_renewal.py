"""Pages: what has happened or will around a case, and by when it is to be assessed again."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import NotVisible
from multiagency.risk.forms import EventForm
from multiagency.risk.reading import read_assessment
from multiagency.risk.reading_renewal import due_on
from multiagency.risk.service_renewal import event_kinds, may_strike, take_back, tell_event
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS

router = APIRouter(prefix="/cases/{reference}/events", tags=["pages"])


@router.get("")
async def get_events(request: Request, desk: Annotated[Desk, case_door(Act.TELL_EVENT)]) -> Response:
    """Show what was told, with a form to tell more."""
    return await _page(request, desk, {}, ())


@router.post("")
async def post_events(request: Request, desk: Annotated[Desk, case_door(Act.TELL_EVENT)]) -> Response:
    """Tell an event, or take one back that was told wrongly."""
    _must_see(desk)
    data = await request.form()
    filled: Filled = {}
    if wrong := str(data.get("strike", "")):
        errors: Errors = await attempt(request, take_back(desk, wrong))
    else:
        filled, errors = await take(request, EventForm, lambda form: tell_event(desk, form))
    if errors:
        return await _page(request, desk, filled, errors)
    return see(f"/cases/{desk.case.reference}/events")


def _must_see(desk: Desk) -> None:
    if Kind.RISK not in desk.kinds or not event_kinds(desk):
        raise NotVisible


async def _page(request: Request, desk: Desk, filled: Filled, errors: Errors) -> Response:
    _must_see(desk)
    view, language = await read_assessment(desk), language_of(request)
    if view is None:
        raise NotVisible
    due = due_on(view.completed_at, view.events, view.numbers) if view.completed_at and not desk.is_over else None
    return page(
        request,
        "events.html",
        422 if errors else 200,
        reference=desk.case.reference,
        due=due,
        events=[(event, may_strike(desk, event)) for event in reversed(view.events)],
        kinds=[(kind, TEXTS.say(language, f"risk.event.{kind}")) for kind in event_kinds(desk)],
        open=not desk.is_over,
        filled=filled,
        errors=errors,
    )
