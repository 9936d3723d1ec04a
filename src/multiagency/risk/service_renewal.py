"""Telling what has happened or will around a case, on which day: it asks for a new assessment."""

from datetime import date
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.service import scope
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now, today
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.risk.forms import EventForm
from multiagency.risk.models import DatedEvent
from multiagency.risk.reading_instruments import checklist_of
from multiagency.risk.reading_renewal import INCIDENT, EventView, events_of


def event_kinds(desk: Desk) -> tuple[str, ...]:
    """Return what asks for a new assessment by the instrument of the model."""
    pack = checklist_of(desk)
    return pack.renewed_by if pack else ()


async def tell_event(desk: Desk, form: EventForm) -> None:
    """Tell an event. Raises `Conflict` when the case is over, `Invalid` for an unknown kind, an incident to come."""
    if desk.is_over:
        raise Conflict("risk.event.over")
    errors = []
    if form.kind not in event_kinds(desk):
        errors.append(FieldError("kind", "error.not_a_choice"))
    if form.kind == INCIDENT and form.day > today():
        errors.append(FieldError("day", "error.in_future"))
    if errors:
        raise Invalid(*errors)
    await note_event(desk, form.kind, form.day)


async def note_event(desk: Desk, kind: str, day: date) -> None:
    """Keep an event of a known kind."""
    event = DatedEvent(
        id=uuid7(), **scope(desk), kind=kind, day=day, noted_by_id=desk.work.actor.post_id, noted_at=now()
    )
    desk.work.session.add(event)
    await desk.work.session.flush()
    desk.wrote(Kind.RISK)


def may_strike(desk: Desk, event: EventView) -> bool:
    """Tell whether the actor may take an event back: their own agency told it, and the case goes on."""
    return event.controller_id == desk.work.actor.agency_id and not desk.is_over


async def take_back(desk: Desk, event_id: str) -> None:
    """Take an event back that was told wrongly. Raises `Conflict` where it is not one's own agency's, or gone."""
    event = next((event for event in await events_of(desk) if str(event.id) == event_id), None)
    if event is None or not may_strike(desk, event):
        raise Conflict("risk.event.not_own")
    await strike(desk, event.id)


async def strike(desk: Desk, event_id: UUID) -> None:
    """Let an event stand no longer; that it was told is kept."""
    event = await desk.work.session.get(DatedEvent, event_id)
    if event is not None:
        event.struck_at = now()
        await desk.work.session.flush()
        desk.wrote(Kind.RISK)
