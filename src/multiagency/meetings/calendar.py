"""Calendar objects of invitations (RFC 5545, 5546): neutral words, UTC times, one private copy per person.

Every person has a UID of their own, so withdrawing one invitation cancels that whole object: STATUS:CANCELLED, and
no client has to guess what was meant. Nothing in it tells whom or what the meeting is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event, vCalAddress, vText

from multiagency.kernel.clock import now

_OUTLOOK = {
    "x-microsoft-cdo-busystatus": "BUSY",
    "x-microsoft-disallow-counter": "TRUE",
    "x-microsoft-donotforwardmeeting": "TRUE",
}
"""What Outlook alone knows: that the time is taken, that no other is proposed, that the invitation is one person's."""
_OURS = {"prodid": "-//multiagency//calendar//FI", "version": "2.0"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One calendar entry in one person's calendar. `summary` and `description` are neutral sentences.

    `answer` is what the service knows of the person's answer: needs_action, accepted or declined.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    organiser: str
    organiser_name: str
    attendee: str
    answer: str
    summary: str
    description: str
    join_url: str = ""


def request(entry: Entry) -> bytes:
    """Return METHOD:REQUEST, for a first invitation (SEQUENCE 0) and for every update."""
    return _calendar("REQUEST", entry, status="CONFIRMED")


def cancel(entry: Entry) -> bytes:
    """Return METHOD:CANCEL (RFC 5546 section 3.2.5) with ORGANIZER, the ATTENDEE and STATUS:CANCELLED."""
    return _calendar("CANCEL", entry, status="CANCELLED")


def feed(events: Sequence[tuple[str, datetime, datetime]], summary: str) -> bytes:
    """Return the events (UID, from when, until when) of a feed: times and one constant word, nothing else."""
    calendar = Calendar()
    for ours, constant in _OURS.items():
        calendar.add(ours, constant)
    for uid, starts_at, ends_at in events:
        event = Event()
        times = {"dtstamp": now(), "dtstart": starts_at, "dtend": ends_at}
        for name, value in {"uid": uid, **times, "summary": summary, "class": "PRIVATE"}.items():
            event.add(name, value)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _calendar(method: str, entry: Entry, status: str) -> bytes:
    calendar = Calendar()
    for ours, constant in {**_OURS, "method": method}.items():
        calendar.add(ours, constant)
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
        "organizer": _address(entry.organiser, cn=entry.organiser_name),
    }.items():
        event.add(name, value)
    if entry.join_url:
        event.add("location", entry.join_url)
        event.add("url", entry.join_url)
    event.add("attendee", _attendee(entry, method), encode=False)
    for outlook_only, constant in _OUTLOOK.items():
        event.add(outlook_only, constant)
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _attendee(entry: Entry, method: str) -> vCalAddress:
    """The person and, in a request, their answer as both sides have it; none is asked for by mail (RSVP)."""
    if method != "REQUEST":
        return _address(entry.attendee, role="REQ-PARTICIPANT")
    answer = entry.answer.upper().replace("_", "-")
    return _address(entry.attendee, role="REQ-PARTICIPANT", partstat=answer, rsvp="FALSE")


def _address(address: str, **params: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{address}")
    for name, value in params.items():
        found.params[name] = vText(value)
    return found
