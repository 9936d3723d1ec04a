"""Our calendar objects and mails byte for byte, and what Outlook, Google and Apple are known to demand of them.

The files in `golden/` are what leaves. `python -m tests.meetings.test_golden` writes them anew: look at what changed.
"""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from icalendar import Calendar

from multiagency.mail import message as messages
from multiagency.meetings import calendar

GOLDEN = Path(__file__).parent / "golden"
STAMP = datetime(2026, 11, 3, 7, 30, tzinfo=UTC)
ORGANISER, ATTENDEE = "kokous-7f3a2bqx4m@kutsu.example", "aila.näkkäläjärvi@utsjoki.example".replace("ä", "a")
URL = "https://yhteistyo.example/j/s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-s"


def entry(sequence, answer="needs_action", url=URL, day=24):
    return calendar.Entry(
        uid="b3J5-b3J5-b3J5-b3J5-b3J5-b3J5-b3J5-b3J5-b3J@kutsu.example",
        sequence=sequence,
        starts_at=datetime(2026, 11, day, 7, 15, tzinfo=UTC),
        ends_at=datetime(2026, 11, day, 8, 0, tzinfo=UTC),
        organiser=ORGANISER,
        organiser_name="Kokouskutsut",
        attendee=ATTENDEE,
        answer=answer,
        summary="Kokousaika",
        description=f"Etäkokous. Vastaa ja liity osoitteessa, joka vaatii kirjautumisen: {url}" if url else "Peruttu.",
        join_url=url,
    )


def made():
    """Each file by its name."""
    objects = {
        "request.ics": calendar.request(entry(0)),
        "update.ics": calendar.request(entry(1, "accepted")),
        "moved.ics": calendar.request(entry(2, day=25)),
        "cancel.ics": calendar.cancel(entry(3, url="", day=25)),
    }
    for name, method in (("request", "REQUEST"), ("cancel", "CANCEL")):
        follows = None if name == "request" else "<b3J5.0@kutsu.example>"
        message_id = f"<b3J5.{3 if follows else 0}@kutsu.example>"
        envelope = messages.Envelope(ORGANISER, "Kokouskutsut", ATTENDEE, message_id, follows)
        built = messages.build(envelope, "Kokouskutsu 24.11.2026 klo 9.15–10.00", "Sinut kutsutaan etäkokoukseen.\n",
                               method, objects[f"{name}.ics"])  # fmt: skip
        boundary = message_from_bytes(built).get_boundary().encode()
        objects[f"{name}.eml"] = built.replace(boundary, b"===============boundary==")
    return objects


@pytest.fixture(autouse=True)
def at_one_moment(monkeypatch):
    for module in (calendar, messages):
        monkeypatch.setattr(module, "now", lambda: STAMP)


NAMES = ["request.ics", "update.ics", "moved.ics", "cancel.ics", "request.eml", "cancel.eml"]


@pytest.mark.parametrize("name", NAMES)
def test_what_leaves_is_what_it_was(name):
    assert made()[name] == (GOLDEN / name).read_bytes()


OBJECTS = [name for name in NAMES if name.endswith(".ics")]
MAILS = [name for name in NAMES if name.endswith(".eml")]


def event_of(name):
    return Calendar.from_ical((GOLDEN / name).read_bytes()).walk("VEVENT")[0]


@pytest.mark.parametrize("name", OBJECTS)
def test_outlook_one_event_in_utc_without_a_zone_and_its_own_properties(name):
    """It misreads zones of dates (iCalcreator#86), takes one UID per mail, and knows CLASS:PRIVATE only."""
    whole = Calendar.from_ical((GOLDEN / name).read_bytes())
    assert [part.name for part in whole.subcomponents] == ["VEVENT"]
    event = event_of(name)
    raw = (GOLDEN / name).read_text()
    assert "TZID" not in raw
    assert raw.count("Z\n") + raw.count("Z\r\n") >= 3
    assert str(event["CLASS"]) == "PRIVATE"
    for own in ("DISALLOW-COUNTER", "DONOTFORWARDMEETING"):
        assert str(event[f"X-MICROSOFT-{own}"]) == "TRUE"


@pytest.mark.parametrize("name", MAILS)
def test_outlook_and_exchange_find_the_calendar_in_the_first_child_with_its_own_method(name):
    """MS-OXCMAIL: only the first child is searched; a METHOD that differs is refused on the way."""
    mail = message_from_bytes((GOLDEN / name).read_bytes(), policy=SMTP)
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/calendar"]
    part = list(mail.iter_parts())[-1]
    content = part.get_payload(decode=True)
    assert part.get_param("method") == str(Calendar.from_ical(content)["METHOD"])
    assert part.get_content_charset() == "utf-8"
    assert content == (GOLDEN / name.replace(".eml", ".ics")).read_bytes()
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"


@pytest.mark.parametrize("name", MAILS)
def test_google_the_organiser_is_who_the_mail_is_from(name):
    mail = message_from_bytes((GOLDEN / name).read_bytes(), policy=SMTP)
    event = event_of(name.replace(".eml", ".ics"))
    assert str(event["ORGANIZER"]) == f"mailto:{mail['From'].addresses[0].addr_spec}"
    assert "+" not in str(event["ORGANIZER"])  # outlook.com drops what stands behind one
    assert str(event["ATTENDEE"]) == f"mailto:{mail['To'].addresses[0].addr_spec}"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in mail


@pytest.mark.parametrize("name", OBJECTS)
def test_apple_lines_are_of_75_octets_with_both_line_breaks_and_whole_letters(name):
    raw = (GOLDEN / name).read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no letter is cut


@pytest.mark.parametrize("name", ["request.ics", "update.ics", "moved.ics"])
def test_apple_and_thunderbird_the_address_stands_where_they_show_it(name):
    """They pass over CONFERENCE (nextcloud/calendar#5381)."""
    event = event_of(name)
    assert str(event["LOCATION"]) == str(event["URL"]) == URL
    assert URL in str(event["DESCRIPTION"])


def test_a_cancellation_says_so_thrice_and_leads_nowhere():
    """RFC 5546 section 3.2.5: METHOD, STATUS and a higher SEQUENCE."""
    event = event_of("cancel.ics")
    assert (str(event["STATUS"]), int(event["SEQUENCE"])) == ("CANCELLED", 3)
    assert "URL" not in event


if __name__ == "__main__":
    calendar.now = messages.now = lambda: STAMP
    for path, content in made().items():
        (GOLDEN / path).write_bytes(content)
