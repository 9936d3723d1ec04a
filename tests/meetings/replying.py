"""Answers by mail as other people's programs are known to write them, and reports of servers on the way.

Modelled on their quirks (RFC 6047, RFC 3464), not copied from anybody's mailbox.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar

from multiagency.mail.imap import Fetched

STAMP = "%Y%m%dT%H%M%SZ"
BOX = 7


@dataclass(frozen=True)
class Invited:
    """What a program knows from the invitation that it answers."""

    uid: str
    sequence: int
    organiser: str
    attendee: str
    begins: datetime
    ends: datetime

    @classmethod
    def by(cls, message):
        part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
        [event] = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
        organiser, attendee = (str(event[name]).removeprefix("mailto:") for name in ("ORGANIZER", "ATTENDEE"))
        return cls(
            str(event["UID"]), int(event["SEQUENCE"]), organiser, attendee, event["DTSTART"].dt, event["DTEND"].dt
        )


def lines(*wanted):
    return "\r\n".join([*wanted, ""])


FLE = (
    "BEGIN:VTIMEZONE",
    "TZID:FLE Standard Time",
    "BEGIN:STANDARD",
    "DTSTART:16010101T040000",
    "TZOFFSETFROM:+0300",
    "TZOFFSETTO:+0200",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:16010101T030000",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0300",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
)


def calendar(to, partstat, at=None, method="REPLY", more=(), zone=(), organiser=True, times=None, attendee=None):
    """The object alone; `more` are lines of the event."""
    stamp = (at or datetime.now(UTC)).strftime(STAMP)
    times = times or (f"DTSTART:{to.begins.strftime(STAMP)}", f"DTEND:{to.ends.strftime(STAMP)}")
    params = f";PARTSTAT={partstat}" if partstat else ""
    return lines(
        "BEGIN:VCALENDAR",
        "PRODID:-//somebody//calendar//EN",
        "VERSION:2.0",
        f"METHOD:{method}",
        *zone,
        "BEGIN:VEVENT",
        f"UID:{to.uid}",
        f"SEQUENCE:{to.sequence}",
        f"DTSTAMP:{stamp}",
        *times,
        *([f"ORGANIZER:mailto:{to.organiser}"] if organiser else []),
        f"ATTENDEE{params}:mailto:{attendee or to.attendee}",
        *more,
        "END:VEVENT",
        "END:VCALENDAR",
    )


def mail(to, body, method="REPLY", headers=(), text="Terveisin"):
    """A message with a text and the calendar as its alternative, the shape that all of them share."""
    return lines(
        f"From: {to.attendee}",
        f"To: {to.organiser}",
        "Subject: Vastaus",
        f"Message-ID: <{datetime.now(UTC).timestamp()}@elsewhere.example>",
        "MIME-Version: 1.0",
        *headers,
        'Content-Type: multipart/alternative; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-8",
        "",
        text,
        "--b",
        f"Content-Type: text/calendar; charset=utf-8{f'; method={method}' if method else ''}",
        "Content-Transfer-Encoding: 8bit",
        "",
        body,
        "--b--",
    ).encode()


def outlook(to, partstat="ACCEPTED", at=None):
    """Exchange strips ORGANIZER, names its own zone and sends it along, and repeats itself in X- properties."""
    zoned = [
        f"{name};TZID=FLE Standard Time:{(moment + timedelta(hours=2)).strftime('%Y%m%dT%H%M%S')}"
        for name, moment in (("DTSTART", to.begins), ("DTEND", to.ends))
    ]
    more = ("SUMMARY:Hyväksytty: Kokousaika", "COMMENT;LANGUAGE=fi-FI:Tulen\\, asiakas Salainen", "CLASS:PUBLIC",
            "PRIORITY:5", "X-MICROSOFT-CDO-APPT-SEQUENCE:0", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY")  # fmt: skip
    return mail(to, calendar(to, partstat, at, zone=FLE, organiser=False, times=zoned, more=more))


def google(to, partstat="ACCEPTED", at=None):
    """Gmail sends the same twice, as an alternative and as a file, with parameters of its own."""
    body = calendar(to, f"{partstat};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;CN=Joku;X-NUM-GUESTS=0", at)
    first = mail(to, body).decode().removesuffix("--b--\r\n")
    file = lines('--b', 'Content-Type: application/ics; name="invite.ics"', "Content-Transfer-Encoding: 8bit",
                 'Content-Disposition: attachment; filename="invite.ics"', "", body, "--b--")  # fmt: skip
    return (first + file).encode()


def apple(to, partstat="ACCEPTED", at=None):
    """Apple Calendar folds early and says X-CALENDARSERVER-…"""
    body = calendar(to, partstat, at, more=("X-CALENDARSERVER-DTSTAMP:20260101T000000Z", "TRANSP:OPAQUE"))
    return mail(to, body.replace("ATTENDEE;", 'ATTENDEE;CN="Joku\r\n ";EMAIL=x@y.example;', 1))


def thunderbird(to, partstat="ACCEPTED", at=None):
    """Thunderbird writes CREATED, LAST-MODIFIED and its own markers."""
    more = ("CREATED:20260101T000000Z", "LAST-MODIFIED:20260101T000000Z", "X-MOZ-RECEIVED-SEQUENCE:0")
    return mail(to, calendar(to, f"{partstat};RSVP=FALSE", at, more=more))


def counter(to, begins, at=None):
    """Another time is proposed, as Outlook and Google do it (RFC 5546 section 3.2.7)."""
    times = (f"DTSTART:{begins.strftime(STAMP)}", f"DTEND:{(begins + timedelta(hours=1)).strftime(STAMP)}")
    return mail(to, calendar(to, "TENTATIVE", at, method="COUNTER", times=times), method="COUNTER")


def report(to, action="failed", status="5.1.1", envelope=None):
    """A server on the way says what became of a message (RFC 3464)."""
    return lines(
        "From: MAILER-DAEMON@elsewhere.example",
        f"To: {to}",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "I am sorry to tell you about Asiakas Salainen.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; elsewhere.example",
        *([f"Original-Envelope-Id: {envelope}"] if envelope else []),
        "",
        "Final-Recipient: rfc822; somebody@elsewhere.example",
        f"Action: {action}",
        f"Status: {status}",
        "Diagnostic-Code: smtp; 550 5.1.1 Asiakas Salainen unknown",
        "",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        "Subject: Kokouskutsu",
        "",
        "--b--",
    ).encode()


def fetched(number, content):
    """The message as the mailbox would give it."""
    return Fetched(BOX, number, content)
