"""JSON: what has happened or will around a case."""

from typing import Annotated, Any

from fastapi import APIRouter

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import NotVisible
from multiagency.risk.forms import EventForm, StruckEventForm
from multiagency.risk.reading import read_assessment
from multiagency.risk.reading_renewal import due_on
from multiagency.risk.service_renewal import event_kinds, take_back, tell_event
from multiagency.web.entering import BodyRoute

router = APIRouter(prefix="/api/v1/cases/{reference}/events", tags=["risk"], route_class=BodyRoute)


@router.get("")
async def get_events_told(desk: Annotated[Desk, case_door(Act.TELL_EVENT)]) -> dict[str, Any]:
    """Read what was told, and by when the case is to be assessed again (null: no assessment is finished)."""
    view = await read_assessment(desk)
    if view is None:
        raise NotVisible
    due = due_on(view.completed_at, view.events, view.numbers) if view.completed_at and not desk.is_over else None
    events = [{"event": event.id, "kind": event.kind, "day": event.day} for event in view.events]
    return {"due": due, "kinds": event_kinds(desk), "events": events}


@router.post("", status_code=204)
async def post_event(form: EventForm, desk: Annotated[Desk, case_door(Act.TELL_EVENT)]) -> None:
    """Tell an event: what happened on which day, or will."""
    _must_see(desk)
    await tell_event(desk, form)


@router.post("/removal", status_code=204)
async def post_event_removal(form: StruckEventForm, desk: Annotated[Desk, case_door(Act.TELL_EVENT)]) -> None:
    """Take back an event that one's own agency told wrongly."""
    _must_see(desk)
    await take_back(desk, form.event)


def _must_see(desk: Desk) -> None:
    if Kind.RISK not in desk.kinds:
        raise NotVisible
