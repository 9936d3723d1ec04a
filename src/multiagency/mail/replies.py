"""An answer by mail to an invitation (iMIP, RFC 6047; iTIP, RFC 5546 section 3.2.3 and 3.2.7), read and not believed.

What programs are known to do is taken: Exchange leaves ORGANIZER out, Outlook names its own time zones and sends them
along. Anything that could stand for something else is refused. COMMENT and the text of the mail are not read at all:
they may tell of a client.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

from multiagency.kernel.clock import now
from multiagency.mail.received import Received, RefusedMail

_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative", "DELEGATED": "delegated"}
_LONGEST = 320
_AHEAD = timedelta(days=1)
"""How far a clock may be ahead of ours: an answer from later would keep every true one out."""
_FARTHEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody answered: `kind` is accepted, declined, tentative, delegated or counter.

    `proposed` is from when until when the meeting would be held instead, in UTC.
    """

    uid: str
    kind: str
    sequence: int
    stamped_at: datetime
    attendee: str
    organiser: str
    proposed: tuple[datetime, datetime] | None = None


def reply_in(received: Received) -> Reply:
    """Return the one answer in a message. Raises `RefusedMail` with the reason."""
    if received.automatic:
        raise RefusedMail("automatic")
    if not received.calendars:
        raise RefusedMail("no_calendar")
    if len(received.calendars) > 1:
        raise RefusedMail("many_calendars")
    part = received.calendars[0]
    try:
        calendars = Calendar.from_ical(part.content, multiple=True)
        if len(calendars) != 1:
            raise RefusedMail("many_calendars")
        return _reply(calendars[0], part.method)
    except RefusedMail:
        raise
    except Exception as error:  # whatever a hostile calendar makes the library do, it is this message that is refused
        raise RefusedMail("malformed") from error


def _reply(calendar: Any, mime_method: str) -> Reply:
    method = str(calendar.get("METHOD", "")).upper()
    if method not in {"REPLY", "COUNTER"} or mime_method not in {"", method}:
        raise RefusedMail("wrong_method")
    events = [each for each in calendar.subcomponents if isinstance(each, Event)]
    if len(events) != 1 or any(each.name != "VTIMEZONE" for each in calendar.subcomponents if each not in events):
        raise RefusedMail("malformed")
    event = events[0]
    if "RECURRENCE-ID" in event:
        raise RefusedMail("recurrence")
    attendees = event.get("ATTENDEE")
    if attendees is None or isinstance(attendees, list):
        raise RefusedMail("another_attendee")
    kind = "counter" if method == "COUNTER" else _ANSWERS.get(str(attendees.params.get("PARTSTAT", "")).upper(), "")
    if not kind:
        raise RefusedMail("malformed")
    return Reply(
        uid=_line(event.get("UID")),
        kind=kind,
        sequence=_count(event.get("SEQUENCE", 0)),
        stamped_at=_stamp(event),
        attendee=_address(attendees),
        organiser=_address(event["ORGANIZER"]) if "ORGANIZER" in event else "",
        proposed=_times(event) if kind == "counter" else None,
    )


def _line(value: Any) -> str:
    text = str(value or "").strip()
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise RefusedMail("malformed")
    return text


def _count(value: Any) -> int:
    number = int(value)
    if not 0 <= number <= 1_000_000:
        raise RefusedMail("malformed")
    return number


def _address(value: Any) -> str:
    return _line(value).casefold().removeprefix("mailto:")


def _stamp(event: Event) -> datetime:
    stamped = _moment(event.decoded("DTSTAMP"))
    if stamped > now() + _AHEAD:
        raise RefusedMail("malformed")
    return stamped


def _times(event: Event) -> tuple[datetime, datetime]:
    begins = _moment(event.decoded("DTSTART"))
    ends = _moment(event.decoded("DTEND")) if "DTEND" in event else begins + event.decoded("DURATION")
    if not begins < ends <= begins + timedelta(days=1) or abs(begins - now()) > _FARTHEST:
        raise RefusedMail("malformed")
    return begins, ends


def _moment(value: Any) -> datetime:
    """Return a moment in UTC; a day, and a time of no zone, are none: nobody guesses which was meant."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise RefusedMail("malformed")
    return value.astimezone(UTC)
