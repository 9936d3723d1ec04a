"""Calendar objects of invitations (RFC 5545, 5546): neutral words, UTC times, one private copy per person.

Every person has a UID of their own, so withdrawing one invitation cancels that whole object: STATUS:CANCELLED, and
no client has to guess what was meant. Nothing in it tells whom or what the meeting is about.
"""

from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event, vCalAddress, vText

from multiagency.kernel.clock import now


@dataclass(frozen=True, slots=True)
class Entry:
    """One calendar entry in one person's calendar. `summary` and `description` are neutral sentences."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    organiser: str
    attendee: str
    summary: str
    description: str
    join_url: str = ""


def request(entry: Entry) -> bytes:
    """Return METHOD:REQUEST, for a first invitation (SEQUENCE 0) and for every update."""
    return _calendar("REQUEST", entry, status="CONFIRMED")


def cancel(entry: Entry) -> bytes:
    """Return METHOD:CANCEL (RFC 5546 section 3.2.5) with ORGANIZER, the ATTENDEE and STATUS:CANCELLED."""
    return _calendar("CANCEL", entry, status="CANCELLED")


def _calendar(method: str, entry: Entry, status: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//multiagency//calendar//FI")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = Event()
    for name, value in {
        "uid": entry.uid,
        "sequence": entry.sequence,
        "dtstamp": now(),
        "dtstart": entry.starts_at,
        "dtend": entry.ends_at,
        "summary": entry.summary,
        "description": entry.description,
        "class": "PRIVATE",
        "status": status,
        "organizer": vCalAddress(f"mailto:{entry.organiser}"),
    }.items():
        event.add(name, value)
    if entry.join_url:
        event.add("location", entry.join_url)
        event.add("url", entry.join_url)
    event.add("attendee", _attendee(entry.attendee, method), encode=False)
    event.add("x-microsoft-disallow-counter", "TRUE")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _attendee(address: str, method: str) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    if method == "REQUEST":
        attendee.params["partstat"] = vText("NEEDS-ACTION")
        attendee.params["rsvp"] = vText("TRUE")
    return attendee
