"""What has happened or will around a case on a day, and when its assessment is to be renewed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from multiagency.cases.desk import Desk
from multiagency.cases.reading_first import CaseId, Rows, first
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import to_helsinki, today
from multiagency.kernel.journal import Mode
from multiagency.risk.models import DatedEvent

INCIDENT = "incident"
_BETWEEN, _LINE = "|", "\n"


@dataclass(frozen=True, slots=True)
class EventView:
    """An event that stands: what happened on which day, noted when, and in the record of which agency."""

    id: UUID
    kind: str
    day: date
    noted_at: datetime
    controller_id: UUID


_COLUMNS = (DatedEvent.id, DatedEvent.kind, DatedEvent.day, DatedEvent.noted_at, DatedEvent.controller_id)
_TOLD = func.string_agg(func.concat_ws(_BETWEEN, *_COLUMNS), _LINE).label("events")


def events_told(case_id: CaseId) -> Rows:
    """Ask for every event that stands, all in one row, which is joined to others of a page."""
    return select(_TOLD).where(DatedEvent.case_id == case_id, DatedEvent.struck_at.is_(None))


def events_in(told: str | None) -> list[EventView]:
    """Return the events of such a row, the oldest first."""
    found = []
    for line in (told or "").splitlines():
        number, kind, day, noted_at, controller = line.split(_BETWEEN)
        moment = datetime.fromisoformat(noted_at)
        found.append(EventView(UUID(number), kind, date.fromisoformat(day), moment, UUID(controller)))
    return sorted(found, key=lambda event: (event.day, event.noted_at))


async def events_of(desk: Desk) -> list[EventView]:
    """Return what has happened or will, the oldest first."""
    found = events_in(await first(desk, events_told))
    if found:  # no row tells the log whose record it is from
        desk.work.record(Mode.READ, {Kind.RISK}, subjects=[desk.case.id], case_id=desk.case.id)
    return found


def incidents_among(events: Sequence[EventView]) -> list[date]:
    """Return the days of incidents until today, one for each."""
    return [event.day for event in events if event.kind == INCIDENT and event.day <= today()]


def due_on(completed_at: datetime, events: Sequence[EventView], numbers: Mapping[str, int]) -> date | None:
    """Return by when an assessment is to be renewed; None where its instrument says no numbers of days.

    At the latest so many days after it; so many after an event that has happened since or was told since, and on the
    very day of one that is to come.
    """
    done = to_helsinki(completed_at).date()
    days = [done + timedelta(days=numbers["reassessment_days"])] if "reassessment_days" in numbers else []
    if "event_days" in numbers:
        within = timedelta(days=numbers["event_days"])
        for event in events:
            told = to_helsinki(event.noted_at).date()
            if event.day > told:
                days += [event.day] if event.day > done else []
            elif event.noted_at > completed_at:
                days.append(told + within)
    return min(days, default=None)
