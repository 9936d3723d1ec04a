"""Invitations: private, neutral, well-formed, and ended when the seat is."""

import hashlib
import re

import pytest
from icalendar import Calendar

from multiagency.demo import story
from multiagency.demo.person import CalendarMail
from multiagency.meetings.forms import PROMISES


@pytest.fixture
def house(mailing_house):
    return mailing_house


async def opened(house, *names):
    case = await house.submitted()
    meeting = await house.opened(case, *names)
    await house.deliver()
    return case, meeting


def parts(mail):
    return {part.get_content_type(): part for part in mail.walk() if not part.is_multipart()}


async def test_each_participant_gets_their_own_invitation(house):
    await opened(house, "Jouni", "Sanna", "Heikki")
    mails = house.mails()
    assert sorted(mail.recipient for mail in mails) == [
        "heikki.palojarvi@revontuli.example",
        "jouni.keropaa@police.example",
        "sanna.oinasjoki@county.example",
    ]
    assert len({mail.uid for mail in mails}) == len({mail.address for mail in mails}) == 3


async def test_the_message_is_text_and_a_request(house):
    await opened(house)
    mail = house.sink.messages()[0]
    found = parts(mail)
    assert set(found) == {"text/plain", "text/calendar"}
    calendar = found["text/calendar"]
    assert (calendar.get_param("method"), calendar.get_content_charset()) == ("REQUEST", "utf-8")
    assert mail["Auto-Submitted"] == "auto-generated"
    event = Calendar.from_ical(calendar.get_payload(decode=True)).walk("VEVENT")[0]
    assert event["ORGANIZER"] == f"mailto:{mail['From'].addresses[0].addr_spec}"
    assert event["ORGANIZER"].params["CN"] == mail["From"].addresses[0].display_name == house.settings.mail_name
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"  # replies are not read, so none is asked for
    assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert (event["CLASS"], event["STATUS"], int(event["SEQUENCE"])) == ("PRIVATE", "CONFIRMED", 0)
    assert event["DTSTART"].dt.utcoffset().total_seconds() == 0
    assert "\r\n" in calendar.get_payload(decode=True).decode()


async def test_nobody_sees_who_else_is_invited(house):
    await opened(house, "Jouni", "Heikki")
    for mail in house.sink.messages():
        unfolded = [p.get_payload(decode=True).decode().replace("\r\n ", "") for p in parts(mail).values()]
        everything = "".join([str(mail["To"]), str(mail["From"]), *unfolded])
        addresses = set(re.findall(r"[\w.]+@(?:police|county|revontuli)\.example", everything))
        assert len(addresses) == 1


async def test_nothing_tells_whom_or_what_it_is_about(house):
    case, meeting = await opened(house, "Jouni", "Heikki")
    forbidden = {
        *map(str, story.SECRETS), case, meeting, "MARAK", "marak", "väkival", "Elina", "Paula", "hyvinvointialue",
    }  # fmt: skip
    for mail in house.sink.messages():
        raw = mail.as_bytes()
        decoded = b"".join(p.get_payload(decode=True) for p in parts(mail).values()) + str(mail["Subject"]).encode()
        for word in forbidden - {"heikki", "child", "person_using_violence"}:
            assert word.encode() not in raw + decoded, word


async def test_the_address_is_stored_hashed_only(house):
    await opened(house)
    address = house.mails()[0].address
    assert len(address) >= 43
    row = (await house.fetch("SELECT secret_hash FROM join_address"))[0]
    assert row["secret_hash"] == hashlib.sha256(address.encode()).digest()
    for table in ("join_address", "invitation", "outbox", "audit_entry", "audit_detail"):
        for found in await house.fetch(f"SELECT t::text AS row FROM {table} t"):
            assert address not in found["row"]
            assert address.encode().hex() not in found["row"]


async def test_opening_the_address_changes_nothing(house):
    """Scanners fetch links, with GET and with HEAD."""
    await opened(house)
    municipality, address = await house.person("municipality"), house.mails()[0].address
    for _ in range(3):
        await municipality.get(f"/invitations/{address}")
    assert (await house.http.head(f"/j/{address}", headers=municipality._headers)).status_code != 500
    rows = await house.fetch("SELECT answer FROM invitation")
    assert [row["answer"] for row in rows] == ["needs_action"]
    assert await house.fetch("SELECT FROM room_presence") == []


async def test_the_address_opens_nothing_for_anybody_else(house):
    case, _ = await opened(house, "Jouni", "Heikki")
    by_person = {mail.recipient: mail.address for mail in house.mails()}
    stolen = by_person["heikki.palojarvi@revontuli.example"]
    for login in ("police", "shelter", "officer", "coordinator"):
        person = await house.person(login)
        await person.get(f"/invitations/{stolen}", 404)
        await person.post(f"/invitations/{stolen}/answer", {"answer": "accepted"}, 404)
        await person.post(f"/invitations/{stolen}/join", {"case": case}, 404)
    assert (await house.http.get(f"/api/v1/invitations/{stolen}")).status_code == 401


@pytest.mark.parametrize("answer", ["accepted", "declined"])
async def test_answering(house, answer):
    _, meeting = await opened(house)
    municipality, address = await house.person("municipality"), house.mails()[0].address
    await municipality.post(f"/invitations/{address}/answer", {"answer": answer})
    assert (await municipality.get(f"/invitations/{address}"))["answer"] == answer
    seen = await (await house.person("coordinator")).get(f"/meetings/{meeting}")
    assert [(row["answer"], row["delivery"]) for row in seen["invitations"]] == [(answer, "sent")]


async def test_an_agency_that_the_consent_does_not_name_gets_no_seat(house):
    case = await house.submitted()
    meeting = await house.meeting(case)
    problem = await house.seat(meeting, case, "Tiina", 409)
    assert "Riekko" in problem["title"]
    assert await house.fetch("SELECT FROM seat") == []


async def test_without_anybody_seated_nothing_is_opened(house):
    case = await house.submitted()
    meeting = await house.meeting(case)
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=409)
    assert (await house.fetch("SELECT state FROM meeting"))[0]["state"] == "planned"


async def test_a_seat_given_after_the_opening_is_invited_at_once(house):
    case, meeting = await opened(house, "Heikki")
    await house.seat(meeting, case, "Jouni")
    await house.deliver()
    assert [mail.recipient.split("@")[1] for mail in house.mails()] == ["revontuli.example", "police.example"]


async def test_the_invitation_is_in_the_recipients_language(house):
    case = await house.submitted(consent=("Police", "Wellbeing", "Kaamosjärvi"))
    await house.opened(case, "Anne")
    await house.deliver()
    from multiagency.web.texts import TEXTS

    calendar = parts(house.sink.messages()[0])["text/calendar"].get_payload(decode=True)
    assert str(Calendar.from_ical(calendar).walk("VEVENT")[0]["SUMMARY"]) == TEXTS.say("sv", "mail.summary")


async def withdrawn(house, case):
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await house.deliver()
    return house.mails()[-1]


async def test_withdrawal_cancels_the_calendar_entry(house):
    case, _ = await opened(house)
    first = house.mails()[0]
    last = await withdrawn(house, case)
    assert isinstance(last, CalendarMail)
    assert (last.method, last.status) == ("CANCEL", "CANCELLED")
    assert (last.uid, last.sequence, last.recipient) == (first.uid, 1, first.recipient)
    assert last.address is None
    request, cancel = house.sink.messages()
    assert cancel["In-Reply-To"] == request["Message-ID"] != cancel["Message-ID"]


async def test_after_withdrawal_the_address_lets_nobody_in(house):
    case, _ = await opened(house)
    municipality, address = await house.person("municipality"), house.mails()[0].address
    await withdrawn(house, case)
    await municipality.get(f"/invitations/{address}", 404)
    await municipality.post(f"/invitations/{address}/answer", {"answer": "accepted"}, 404)
    await municipality.post(f"/invitations/{address}/join", {"case": case}, 404)


async def test_whoever_keeps_a_seat_in_another_case_gets_an_update(house):
    """The officer who withdraws cannot see the other case; the police's calendar entry must live on all the same."""
    first, second = await house.submitted(), await house.submitted("social-worker")
    meeting = await house.meeting(first, second)
    for case in (first, second):
        await house.seat(meeting, case, "Jouni")
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    await house.deliver()
    before = house.mails()[0]
    after = await withdrawn(house, first)
    assert (after.method, after.uid, after.sequence) == ("REQUEST", before.uid, 1)
    police = await house.person("police")
    assert (await police.get(f"/invitations/{before.address}"))["cases"] == [second]
    assert (await police.get(f"/invitations/{after.address}"))["cases"] == [second]


async def test_whoever_is_in_the_room_is_put_out(house):
    case, _ = await opened(house, "Jouni", "Heikki")
    addresses = {mail.recipient.split("@")[1]: mail.address for mail in house.mails()}
    municipality = await house.person("municipality")
    ticket = await municipality.post(f"/invitations/{addresses['revontuli.example']}/join", {"case": case}, 200)
    await municipality.post(f"/rooms/{ticket['room']}", {"token": ticket["token"], "promise": PROMISES})
    assert len(await municipality.get(f"/rooms/{ticket['room']}")) == 1
    await withdrawn(house, case)
    await municipality.get(f"/rooms/{ticket['room']}", 404)
    await municipality.post(f"/rooms/{ticket['room']}", {"token": ticket["token"], "promise": PROMISES}, 404)
    assert await house.fetch("SELECT FROM room_presence WHERE left_at IS NULL") == []


async def test_a_room_opens_for_the_holder_of_the_seat_only(house):
    case, _ = await opened(house, "Jouni", "Heikki")
    addresses = {mail.recipient.split("@")[1]: mail.address for mail in house.mails()}
    municipality, police = await house.person("municipality"), await house.person("police")
    ticket = await municipality.post(f"/invitations/{addresses['revontuli.example']}/join", {"case": case}, 200)
    await police.get(f"/rooms/{ticket['room']}", 404)
    await police.post(f"/rooms/{ticket['room']}", {"token": ticket["token"], "promise": PROMISES}, 404)
    await (await house.person("shelter")).post(
        f"/rooms/{ticket['room']}", {"token": ticket["token"], "promise": PROMISES}, 404
    )
    await municipality.post(f"/rooms/{ticket['room']}", {"token": "x.y.z", "promise": PROMISES}, 404)
    assert await house.fetch("SELECT FROM room_presence") == []


async def test_the_room_names_nobody(house):
    case, _ = await opened(house)
    municipality, address = await house.person("municipality"), house.mails()[0].address
    ticket = await municipality.post(f"/invitations/{address}/join", {"case": case}, 200)
    await municipality.post(f"/rooms/{ticket['room']}", {"token": ticket["token"], "promise": PROMISES})
    inside = await municipality.get(f"/rooms/{ticket['room']}")
    assert inside == [{"agency": "Municipality of Revontuli", "title": "koulukuraattori"}]


async def test_joining_is_possible_around_the_meeting_only(house):
    case = await house.submitted()
    meeting = await house.meeting(case, minutes=120)
    await house.seat(meeting, case, "Heikki")
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    await house.deliver()
    municipality, address = await house.person("municipality"), house.mails()[0].address
    problem = await municipality.post(f"/invitations/{address}/join", {"case": case}, 409)
    assert "15 minutes" in problem["title"]


async def test_a_participant_reads_only_the_cases_with_a_seat(house):
    first, second = await house.submitted(), await house.submitted("social-worker")
    meeting = await house.meeting(first, second)
    await house.seat(meeting, first, "Heikki")
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    municipality = await house.person("municipality")
    assert (await municipality.get(f"/cases/{first}"))["reference"] == first
    await municipality.get(f"/cases/{second}", 404)
    assert [case["reference"] for case in await municipality.get("/cases")] == [first]
