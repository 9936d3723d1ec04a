"""What receivers' calendars make of our mails: the true state, whoever reads them, in every order of arrival."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from itertools import permutations

import pytest
from icalendar import Calendar
from tests.pages import at_pages

from multiagency.kernel.clock import to_helsinki
from multiagency.kernel.languages import Language
from multiagency.mail.message import Envelope, build
from multiagency.web.texts import TEXTS, span_text

HEIKKI = "heikki.palojarvi@revontuli.example"


@pytest.fixture
def house(mailing_house):
    return mailing_house


@dataclass
class Read:
    """One calendar message as a reader understands it."""

    method: str
    uid: str
    sequence: int
    stamp: str
    start: str
    partstat: str


def by_library(raw):
    calendar = Calendar.from_ical(raw)
    [event] = calendar.walk("VEVENT")
    start = event["DTSTART"].dt.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    stamp = event["DTSTAMP"].dt.strftime("%Y%m%dT%H%M%SZ")
    partstat = str(event["ATTENDEE"].params.get("PARTSTAT", ""))
    return Read(str(calendar["METHOD"]), str(event["UID"]), int(event["SEQUENCE"]), stamp, start, partstat)


def by_hand(raw):
    """As a program reads that knows nothing of our library: unfold, split, look (RFC 5545 section 3.1)."""
    lines = re.sub(r"\r\n[ \t]", "", raw.decode()).split("\r\n")
    found = {}
    for line in lines:
        name, _, value = line.partition(":")
        found[name.split(";")[0]] = value
        if name.startswith("ATTENDEE"):
            found["PARTSTAT"] = (re.search(r"PARTSTAT=([A-Z-]+)", name) or ["", ""])[1]
    wanted = ("METHOD", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "PARTSTAT")
    method, uid, sequence, stamp, start, partstat = (found[name] for name in wanted)
    return Read(method, uid, int(sequence), stamp, start, partstat)


def keeping_revisions(messages):
    """A calendar that keeps every revision and shows the newest by SEQUENCE, then DTSTAMP (RFC 5546 section 2.1.5)."""
    kept = {}
    for each in messages:
        known = kept.get(each.uid)
        if known is None or (each.sequence, each.stamp) >= (known.sequence, known.stamp):
            kept[each.uid] = each
    return {uid: None if each.method == "CANCEL" else (each.start, each.partstat) for uid, each in kept.items()}


def removing_at_once(messages):
    """A calendar that removes what is cancelled and remembers only its number; what is not higher is passed over."""
    shown, numbers = {}, {}
    for each in messages:
        if each.sequence <= numbers.get(each.uid, -1):
            continue
        numbers[each.uid] = each.sequence
        shown[each.uid] = None if each.method == "CANCEL" else (each.start, each.partstat)
    return shown


def parts_of(message):
    return {part.get_content_type(): part for part in message.walk() if not part.is_multipart()}


async def story(house):
    """Invited, accepted, moved, accepted again, one of two seats ended, taken out, let in again."""
    first, second = await house.submitted(), await house.submitted("social-worker")
    meeting = await house.meeting(first, second)
    coordinator, heikki = await house.person("coordinator"), await house.person("municipality")
    for case in (first, second):
        await house.seat(meeting, case, "Heikki")
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    await house.deliver()
    address = house.mails()[-1].address

    async def accept():
        await heikki.post(f"/invitations/{address}/answer", {"answer": "accepted"})

    await accept()
    starts = (datetime.now(UTC) + timedelta(days=1)).replace(second=0, microsecond=0)
    times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
    await coordinator.post(f"/meetings/{meeting}/time", times)
    await house.deliver()
    await accept()
    taken = {"post": await house.post_of("Heikki")}
    await coordinator.post(f"/meetings/{meeting}/seats/removal", taken | {"case": second})
    await house.deliver()
    await coordinator.post(f"/meetings/{meeting}/seats/removal", taken | {"case": first})
    await house.deliver()
    await house.seat(meeting, first, "Heikki")
    await house.deliver()
    return meeting, starts, address


async def test_f6_every_calendar_ends_in_the_true_state_in_every_order_of_arrival(house):
    meeting, starts, address = await story(house)
    messages = [message for message in house.sink.messages() if str(message["To"]) == HEIKKI]
    raw = [part.get_payload(decode=True) for message in messages if (part := parts_of(message).get("text/calendar"))]
    kinds = [(read.method, read.sequence, read.partstat) for read in map(by_library, raw)]
    assert kinds == [
        ("REQUEST", 0, "NEEDS-ACTION"),
        ("REQUEST", 1, "NEEDS-ACTION"),  # another time: the person is asked again
        ("REQUEST", 2, "ACCEPTED"),  # the same time: what they answered stands, on both sides
        ("CANCEL", 3, ""),
        ("REQUEST", 4, "NEEDS-ACTION"),
    ]
    true = (f"{starts:%Y%m%dT%H%M%SZ}", "NEEDS-ACTION")
    for read in (by_library, by_hand):
        told = [read(each) for each in raw]
        for calendar in (keeping_revisions, removing_at_once):
            for order in permutations(told):
                assert calendar([*order, *order[:2]]) == {told[0].uid: true}, order
    heikki = await house.person("municipality")
    assert (await heikki.get(f"/invitations/{address}"))["answer"] == "needs_action"
    seen = (await (await house.person("coordinator")).get(f"/meetings/{meeting}"))["invitations"]
    assert [row["answer"] for row in seen] == ["needs_action"]


async def test_f6_an_update_says_that_it_replaces_the_earlier_one_and_what_changed_and_threads(house):
    _, starts, _ = await story(house)
    messages = [message for message in house.sink.messages() if str(message["To"]) == HEIKKI and message["Subject"]]
    invitation, moved, smaller, cancelled, again = [m for m in messages if "text/calendar" in parts_of(m)]
    when = span_text(Language.FI, starts, starts + timedelta(hours=1))
    assert str(moved["Subject"]) == TEXTS.say(Language.FI, "mail.moved.subject", when=when)
    text = {name: parts_of(message)["text/plain"].get_content() for name, message in {
        "invitation": invitation, "moved": moved, "smaller": smaller, "cancelled": cancelled, "again": again,
    }.items()}  # fmt: skip
    before = re.search(r"etäkokoukseen (.*) \(Suomen aikaa\)", text["invitation"])[1]
    assert f"Uusi aika: {when}" in text["moved"]
    assert f"Aiempi aika: {before}" in text["moved"]
    assert "lyhyemmän ajan kuin ennen" in text["smaller"]
    assert "vastauksesi on voimassa" in text["smaller"]
    for name in ("moved", "smaller", "again", "cancelled"):
        assert "korvaa" in text[name].lower()
    assert "orvaa" not in text["invitation"] + str(invitation["Subject"])
    for message in (moved, smaller, cancelled, again):
        assert message["In-Reply-To"] == message["References"] == invitation["Message-ID"]


async def test_f6_the_mail_says_who_invites_from_when_to_when_that_one_signs_in_and_whom_to_ask(house):
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki")
    await house.deliver()
    [message] = house.sink.messages()
    text = parts_of(message)["text/plain"].get_content()
    rows = await house.fetch("SELECT starts_at, ends_at FROM meeting WHERE reference = $1", meeting)
    begin, end = (to_helsinki(rows[0][name]) for name in ("starts_at", "ends_at"))
    same_day = begin.date() == end.date()
    until = f"{end.hour}.{end.minute:02}"
    assert f"klo {begin.hour}.{begin.minute:02}–{until if same_day else ''}" in text
    assert until in text
    assert text.startswith(f"{house.settings.mail_name}: sinut kutsutaan")
    assert "vaatii kirjautumisen" in text
    assert f"kysy: {house.settings.mail_questions}" in text
    sender = message["From"].addresses[0]
    assert sender.display_name == house.settings.mail_name
    [event] = Calendar.from_ical(parts_of(message)["text/calendar"].get_payload(decode=True)).walk("VEVENT")
    assert event["ORGANIZER"].params["CN"] == house.settings.mail_name


async def test_f6_the_old_address_leads_its_owner_to_the_living_invitation_and_nobody_else(house):
    meeting, _, address = await story(house)
    heikki = await house.person("municipality")
    assert (await heikki.get(f"/invitations/{address}"))["reference"] == meeting
    await (await house.person("police")).get(f"/invitations/{address}", 404)
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/cancellation", {})
    await heikki.get(f"/invitations/{address}", 404)


async def test_f6_what_is_shown_before_it_is_sent_is_what_is_sent(house):
    case = await house.submitted()
    meeting = await house.meeting(case)
    await house.seat(meeting, case, "Heikki")
    shown = (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}/opening")).text
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    await house.deliver()
    [message] = house.sink.messages()
    assert str(message["Subject"]) in shown
    sent = parts_of(message)["text/plain"].get_content().strip()
    for line in re.sub(r"http\S+/j/\S+", TEXTS.say(Language.FI, "opening.link"), sent).splitlines():
        assert line.strip() in shown


LONG = ("moniviranomaisyhteistyo.tunturi-lappi.example", f"{'a' * 60}.{'b' * 60}.{'c' * 60}.example")


@pytest.mark.parametrize("domain", ["kutsu.example", *LONG])
def test_f7_no_header_that_must_not_be_encoded_is_however_long_the_domain(domain):
    ids = [f"<{'Ab3_-' * 8}xyz.{number}@{domain}>" for number in (1, 0)]
    envelope = Envelope(f"kokous-abcdefghijklmnopqrst@{domain}", "Kokouskutsut", f"aino@{domain}", *ids)
    raw = build(envelope, "Korvaa aiemman kutsun: kokouksen aika on nyt 24.11.2026 klo 9.15–10.15", "Hyvää päivää")
    head = raw.split(b"\r\n\r\n")[0].decode("ascii")
    fields = dict(re.findall(r"^([\w-]+):((?:.*\r?\n[ \t])*.*)", head, re.MULTILINE))
    for name in ("Message-ID", "In-Reply-To", "References", "To", "From"):
        assert "=?" not in fields[name], name
    assert re.sub(r"\s", "", fields["Message-ID"]) == ids[0]
    assert re.sub(r"\s", "", fields["References"]) == re.sub(r"\s", "", fields["In-Reply-To"]) == ids[1]
    assert max(map(len, head.splitlines())) <= 998
    assert "10.15" in default.header_factory("Subject", re.sub(r"\r?\n", "", fields["Subject"].strip()))


@pytest.mark.parametrize("length", range(0, 60, 3))
def test_a_subject_arrives_as_it_was_written_wherever_its_lines_break(length):
    envelope = Envelope("kokous-x@kutsu.example", "Kokouskutsut", "aino@police.example", "<1@kutsu.example>")
    for written in (f"Kutsu {'x' * length} klo 15.21–16.21 ja ääni öljy klo 9", f"Kutsu {'y ' * length}klo 9.15"):
        raw = build(envelope, written, "Hyvää päivää")
        assert str(message_from_bytes(raw, policy=default)["Subject"]) == written.strip()
        assert max(map(len, raw.split(b"\r\n\r\n")[0].split(b"\r\n"))) <= 78
