"""What comes back by mail is untrusted: each of these is refused, counted without a person, and changes nothing."""

import logging
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from tests.meetings import replying
from tests.meetings.replying import calendar, lines, mail
from tests.meetings.test_replies import Correspondence

from multiagency.mail.imap import LARGEST
from multiagency.mail.received import RefusedMail, read
from multiagency.mail.replies import reply_in

SECRET = "Salainen"


@pytest.fixture
def house(mailing_house):
    return mailing_house


@pytest.fixture
async def letters(house):
    return await Correspondence(house).begin()


async def refused(letters, why, content, caplog):
    before = await letters.standing()
    with caplog.at_level(logging.DEBUG):
        assert await letters.arrives(content) == why
    assert await letters.remark() is None
    assert await letters.standing() == before
    assert not await letters.house.fetch("SELECT FROM notice WHERE what = 'replied_by_mail'")
    assert why in caplog.text
    said = caplog.text + str([dict(row) for row in await letters.house.fetch("SELECT * FROM mailbox_message")])
    assert SECRET not in said
    assert letters.to.attendee not in said
    assert letters.to.uid not in said


CHANGES = {
    "unknown_uid": {"uid": "somebody-elses@kutsu.example"},
    "another_attendee": {"attendee": "eve@attacker.example"},
    "another_organiser": {"organiser": "eve@attacker.example"},
    "never_sent": {"sequence": 9},
}


@pytest.mark.parametrize("why", CHANGES)
async def test_an_answer_that_does_not_fit_the_invitation_is_refused(letters, caplog, why):
    to = replace(letters.to, **CHANGES[why])
    await refused(letters, why, mail(to, calendar(to, "ACCEPTED", more=(f"COMMENT:{SECRET}",)), text=SECRET), caplog)


async def test_an_answer_by_one_person_for_another_who_was_invited_too_is_refused(letters, caplog):
    """Both have a copy of their own: whoever answers with another's UID is not that person (RFC 6047 section 2.2.1)."""
    await letters.house.seat(letters.meeting, letters.case, "Jouni")
    to = replace(letters.to, attendee="jouni.keropaa@police.example")
    await refused(letters, "another_attendee", mail(to, calendar(to, "DECLINED")), caplog)


WRONG = {
    "wrong_method": [
        lambda to: mail(to, calendar(to, "ACCEPTED", method="REQUEST"), method="REQUEST"),
        lambda to: mail(to, calendar(to, "ACCEPTED", method="CANCEL"), method="CANCEL"),
        lambda to: mail(to, calendar(to, "ACCEPTED"), method="REQUEST"),
        lambda to: mail(to, calendar(to, "ACCEPTED").replace("METHOD:REPLY\r\n", "")),
    ],
    "many_calendars": [
        lambda to: mail(to, ""),
        lambda to: mail(to, calendar(to, "ACCEPTED") + calendar(to, "DECLINED")),
        lambda to: replying.google(to).replace(b"PARTSTAT=ACCEPTED", b"PARTSTAT=DECLINED", 1),
    ],
    "recurrence": [lambda to: mail(to, calendar(to, "ACCEPTED", more=("RECURRENCE-ID:20260101T080000Z",)))],
    "automatic": [
        lambda to: mail(to, calendar(to, "ACCEPTED"), headers=("Auto-Submitted: auto-replied",)),
        lambda to: mail(to, calendar(to, "ACCEPTED"), headers=('Auto-Submitted: auto-generated; a="b"',)),
    ],
    "no_calendar": [
        lambda to: f"To: {to.organiser}\r\nSubject: Poissa\r\n\r\nOlen lomalla, {SECRET}.\r\n".encode(),
        lambda to: zipped(to),
    ],
    "another_attendee": [
        lambda to: mail(to, calendar(to, "ACCEPTED", more=("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example",))),
    ],
    "malformed": [
        lambda to: mail(to, "BEGIN:VCALENDAR\r\nnonsense"),
        lambda to: mail(to, calendar(to, "ACCEPTED", attendee=f"{to.attendee}\\nATTENDEE:mailto:a@b.example")),
        lambda to: mail(to, calendar(to, "ACCEPTED").replace("END:VEVENT", "END:VEVENT\r\nBEGIN:VEVENT\r\nEND:VEVENT")),
        lambda to: mail(to, calendar(to, "ACCEPTED").replace("VEVENT", "VTODO")),
        lambda to: mail(to, calendar(to, "NEEDS-ACTION")),
        lambda to: mail(to, calendar(to, "")),
        lambda to: mail(to, calendar(to, "ACCEPTED").replace("SEQUENCE:0", "SEQUENCE:-1")),
        lambda to: mail(to, calendar(to, "ACCEPTED").replace("SEQUENCE:0", "SEQUENCE:99999999999")),
        lambda to: mail(to, calendar(to, "ACCEPTED").replace("DTSTAMP:2", "DTSTAMP:X")),
        lambda to: mail(to, calendar(to, "ACCEPTED").replace("UID:", "UID:\0")),
        lambda to: mail(to, calendar(to, "ACCEPTED", at=datetime.now(UTC) + timedelta(days=400))),
        lambda to: mail(replace(to, uid="x" * 4000), calendar(replace(to, uid="x" * 4000), "ACCEPTED")),
    ],
    "too_large": [lambda to: mail(to, calendar(to, "ACCEPTED"), text=SECRET * (LARGEST // 4))],
    "too_many_parts": [lambda to: nested(60), lambda to: nested(60, wide=True)],
    "unreadable": [lambda to: nested(4000)],
    "unknown_report": [lambda to: replying.report("palautus-guessed@kutsu.example"), lambda to: replying.report("x")],
    "no_failure": [lambda to: replying.report(to.organiser, "delivered", "2.0.0")],
}


def nested(deep, *, wide=False):
    """Parts in parts, or beside each other."""
    found = "Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    if wide:
        return ("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + f"--b\r\n{found}" * deep + "--b--\r\n").encode()
    opening = "".join(f"Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n" for at in range(deep))
    return (opening + found).encode()


def zipped(to):
    """A file that would be a thousand times as large when unpacked: it is not looked at."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("invite.ics", calendar(to, "ACCEPTED") + "\r\n" * 10_000_000)
    header = lines(f"To: {to.organiser}", 'Content-Type: application/zip; name="invite.ics"',
                   "Content-Transfer-Encoding: 8bit", "", "")  # fmt: skip
    return header.encode() + packed.getvalue()


@pytest.mark.parametrize(("why", "at"), [(why, at) for why, made in WRONG.items() for at in range(len(made))])
async def test_what_is_no_answer_is_refused(letters, caplog, why, at):
    content = WRONG[why][at](letters.to)
    given = None if len(content) > LARGEST else content
    await refused(letters, why, given, caplog)


async def test_a_proposed_time_of_no_zone_or_out_of_all_sense_is_refused(letters, caplog):
    for times in (
        ("DTSTART:20270101T090000", "DTEND:20270101T100000"),
        ("DTSTART;VALUE=DATE:20270101", "DTEND;VALUE=DATE:20270102"),
        ("DTSTART:99991231T230000Z", "DTEND:99991231T235900Z"),
        ("DTSTART:20270101T090000Z", "DTEND:20260101T090000Z"),
        ("DTSTART:20270101T090000Z", "DURATION:P9999D"),
        ("DTSTART:20270101T090000Z",),
    ):
        body = calendar(letters.to, "TENTATIVE", method="COUNTER", times=times)
        await refused(letters, "malformed", mail(letters.to, body, method="COUNTER"), caplog)


async def test_after_the_meeting_or_its_withdrawal_nothing_is_taken(letters, caplog):
    to = letters.to
    await letters.house.fetch(
        "UPDATE meeting SET starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'"
    )
    await refused(letters, "over", replying.google(to), caplog)
    await letters.house.fetch("UPDATE meeting SET ends_at = now() + interval '1 hour'")
    await letters.house.fetch("UPDATE invitation SET cancelled_at = now()")
    await refused(letters, "over", replying.google(to), caplog)


async def test_a_flood_about_one_invitation_ends_after_ten_in_an_hour(letters):
    now = datetime.now(UTC).replace(microsecond=0)
    results = [
        await letters.arrives(replying.apple(letters.to, at=now - timedelta(minutes=60 - at))) for at in range(13)
    ]
    assert results == ["taken"] * 10 + ["too_many"] * 3
    await letters.house.fetch("UPDATE mailbox_message SET read_at = now() - interval '2 hours'")
    assert await letters.arrives(replying.apple(letters.to, at=now)) == "taken"


async def test_headers_of_a_message_go_nowhere(letters):
    """Whatever stands in them, what is kept and shown is a word, a number and moments."""
    to = letters.to
    evil = replying.google(to).replace(b"Subject: Vastaus", f"Subject: x\r\nBcc: {SECRET}@x.example".encode())
    assert await letters.arrives(evil) == "taken"
    await letters.house.deliver()
    rows = [dict(row) for table in ("invitation_remark", "mailbox_message", "notice", "outbox")
            for row in await letters.house.fetch(f"SELECT * FROM {table}")]  # fmt: skip
    assert SECRET not in str(rows)


async def test_a_message_on_which_we_fail_is_set_down_and_holds_up_nothing(letters, monkeypatch, caplog):
    async def broken(*_):
        raise RuntimeError(SECRET)

    with monkeypatch.context() as patched:
        patched.setattr("multiagency.meetings.jobs_replies.hear", broken)
        assert await letters.arrives(replying.google(letters.to)) == "failed"
    assert SECRET not in caplog.text
    assert await letters.arrives(replying.google(letters.to)) == "taken"


def test_nothing_takes_the_reader_long():
    """The worst that fits: each ends in an answer or a refusal, whatever the library makes of it."""
    to = replying.Invited("a@b.example", 0, "o@b.example", "p@b.example", datetime.now(UTC), datetime.now(UTC))
    size = LARGEST - 2000
    for body in (
        calendar(to, "NEEDS-ACTION", more=("X-LONG:" + "a" * size,)),
        calendar(to, "ACCEPTED", more=["ATTENDEE:mailto:a@b.example"] * (size // 30)),
        lines(*["BEGIN:VCALENDAR"] * (size // 18)),
        lines(*["BEGIN:VEVENT", "END:VEVENT"] * (size // 30)),
        "\r\n " * (size // 3),
        ";" * size,
    ):
        with pytest.raises(RefusedMail):
            reply_in(read(mail(to, body)))
