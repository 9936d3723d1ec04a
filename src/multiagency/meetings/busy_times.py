"""The process that reads busy times out of a calendar: `python -m multiagency.meetings.busy_times FROM TO KIND`.

A calendar comes from anywhere: it may be endless, expand to millions of events, or be made to hold a reader up. Here
it is read by a process of its own with limits of memory and time, which holds no key and no connection. Asked on stdin:
the calendar. Answered on stdout: JSON, a list of [begin, end] in ISO 8601, or {"error": code}.

Titles, places and people are never answered: only times in which the calendar says busy (RFC 5545: TRANSP, STATUS,
FBTYPE; a missing FBTYPE is busy).
"""

import json
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

MOST = 5_000
"""So many events and periods are taken of one calendar at most."""
SECONDS, BYTES = 10, 512 * 1024 * 1024
"""What the process may take: of the processor, and of memory."""
_HELSINKI = ZoneInfo("Europe/Helsinki")
_TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY"})
_Span = tuple[datetime, datetime]


class TooMany(Exception):
    """More events than are taken."""


def busy_in(content: bytes, begin: datetime, end: datetime) -> list[_Span]:
    """Return the times in which a calendar says busy, in order, those that touch as one, within the window.

    Raises `TooMany` beyond `MOST`, ValueError for what is no calendar.
    """
    found: list[_Span] = []
    calendars = Calendar.from_ical(content, multiple=True)
    if not calendars:
        raise ValueError("no calendar")
    for calendar in calendars:
        for span in (*_of_events(calendar, begin, end), *_of_free_busy(calendar)):
            if span[0] < end and span[1] > begin and span[1] > span[0]:
                found.append((max(span[0], begin), min(span[1], end)))
            if len(found) > MOST:
                raise TooMany
    return list(_joined(sorted(found)))


def _of_events(calendar: Any, begin: datetime, end: datetime) -> Iterator[_Span]:
    events = calendar.walk("VEVENT")
    if len(events) > MOST * 4 or any(_too_often(event) for event in events):
        raise TooMany
    for event in recurring_ical_events.of(calendar, skip_bad_series=True).between(begin, end):
        if str(event.get("TRANSP", "OPAQUE")).upper() == "TRANSPARENT":
            continue
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        if str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "BUSY")).upper() == "FREE":
            continue
        starts = _moment(event.start)
        yield starts, max(_moment(event.end), starts)


def _too_often(event: Any) -> bool:
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        parts = {str(name).upper(): value for name, value in rule.items()}
        if {str(value).upper() for value in parts.get("FREQ", [])} & _TOO_OFTEN:
            return True
        times = [max(1, len(parts.get(name, []))) for name in ("BYHOUR", "BYMINUTE", "BYSECOND")]
        if times[0] * times[1] * times[2] > 24:
            return True
    return False


def _of_free_busy(calendar: Any) -> Iterator[_Span]:
    for part in calendar.walk("VFREEBUSY"):
        given = part.get("FREEBUSY", [])
        for period in given if isinstance(given, list) else [given]:
            if str(period.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                yield _moment(period.start), _moment(period.end)


def _moment(when: date) -> datetime:
    """Return a moment in UTC; a whole day, and a time that names no zone, are those of Finland."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time())
    return (when if when.tzinfo else when.replace(tzinfo=_HELSINKI)).astimezone(UTC)


def _joined(spans: Iterable[_Span]) -> Iterator[_Span]:
    held: _Span | None = None
    for span in spans:
        if held is not None and span[0] <= held[1]:
            held = held[0], max(held[1], span[1])
        else:
            if held is not None:
                yield held
            held = span
    if held is not None:
        yield held


def main() -> None:
    """Read one calendar and answer."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    begin, end = (datetime.fromisoformat(moment) for moment in sys.argv[1:3])
    try:
        spans = busy_in(sys.stdin.buffer.read(), begin, min(end, begin + timedelta(weeks=8)))
        answer: object = [[starts.isoformat(), ends.isoformat()] for starts, ends in spans]
    except TooMany:
        answer = {"error": "too_many"}
    except Exception:
        answer = {"error": "unreadable"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
