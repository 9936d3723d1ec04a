"""Mail through real servers: Postfix out, Dovecot in, and two calendars that are not ours at the other end.

`make test` installs both (`tools/check.py`) and starts them as root, each with a directory and ports of its own.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from tests.mail.servers import standing, until
from tests.meetings import replying
from tests.meetings.libical import Judge
from tests.meetings.replying import Invited
from tests.pages import at_pages

from multiagency.mail import imap
from multiagency.meetings.jobs_replies import read_replies
from multiagency.meetings.service_replies import hear

HEIKKI = "heikki.palojarvi@revontuli.example"


@pytest.fixture(scope="module")
def servers():
    with standing() as servers:
        yield servers


@pytest.fixture
async def house(ground, servers, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(servers.there / "cert.pem"))
    async with ground.house(**servers.settings) as house:
        for message in await asyncio.to_thread(imap.fetch, house.settings):
            await asyncio.to_thread(imap.delete, house.settings, [message])
        yield house


class Receiver:
    """Heikki's mailbox, and the calendar that two programs make of what lies in it."""

    def __init__(self, servers):
        self.servers, self.before = servers, len(servers.messages("heikki"))

    def calendars(self):
        return [
            part.get_payload(decode=True)
            for message in self.servers.messages("heikki")[self.before :]
            for part in message.walk()
            if part.get_content_type() == "text/calendar"
        ]

    def after(self, number):
        """The newest calendar part once so many have arrived, and what the two make of all of them."""
        until(lambda: len(self.calendars()) >= number)
        parts = self.calendars()
        assert len(parts) == number
        kept = Judge(HEIKKI).end(parts)
        return self.read(kept), self.newest_by_vobject(parts)

    def newest_by_vobject(self, parts):
        return self.read(max(parts, key=lambda part: int(vobject.readOne(part.decode()).vevent.sequence.value)))

    @staticmethod
    def read(part):
        calendar = vobject.readOne(part.decode())
        event = calendar.vevent
        begins = event.dtstart.value.astimezone(UTC)
        return calendar.method.value, int(event.sequence.value), begins, event.status.value

    def invited(self):
        messages = [message for message in self.servers.messages("heikki")[self.before :] if message.is_multipart()]
        return Invited.by(messages[-1])


async def look(house, results=("taken",)):
    """Look into the mailbox until something has come, and say what became of it."""
    before = len(await house.fetch("SELECT FROM mailbox_message"))
    for _ in range(200):
        if await read_replies(house.runtime, await house.service()):
            break
        await asyncio.sleep(0.1)
    rows = await house.fetch("SELECT result FROM mailbox_message ORDER BY read_at OFFSET $1", before)
    assert sorted(row["result"] for row in rows) == sorted(results)
    assert await asyncio.to_thread(imap.fetch, house.settings) == []


async def times_of(house):
    [row] = await house.fetch("SELECT starts_at FROM meeting")
    return row["starts_at"].replace(microsecond=0)


async def remark_of(house):
    rows = await house.fetch("SELECT kind FROM invitation_remark")
    return rows[0]["kind"] if rows else None


async def begun(house):
    first, second = await house.submitted(), await house.submitted("social-worker")
    meeting = await house.meeting(first, second, minutes=60)
    for case in (first, second):
        await house.seat(meeting, case, "Heikki")
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    await house.deliver()
    return first, second, meeting


async def test_the_whole_life_of_an_invitation_through_postfix_and_dovecot(house, servers):
    receiver, coordinator = Receiver(servers), await house.person("coordinator")
    first, second, meeting = await begun(house)
    taken = {"post": await house.post_of("Heikki")}

    async def both_see(number, method, sequence):
        seen = await asyncio.to_thread(receiver.after, number)
        status = "CANCELLED" if method == "CANCEL" else "CONFIRMED"
        assert seen == ((method, sequence, await times_of(house), status),) * 2

    await both_see(1, "REQUEST", 0)

    servers.send(HEIKKI, receiver.invited().organiser, replying.outlook(receiver.invited()))
    await look(house)
    assert await remark_of(house) == "accepted"
    assert (await house.fetch("SELECT answer FROM invitation"))[0]["answer"] == "needs_action"

    await coordinator.post(
        f"/meetings/{meeting}/seats/removal", taken | {"case": second}
    )  # an update: one seat is left
    await house.deliver()
    await both_see(2, "REQUEST", 1)

    starts = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
    await coordinator.post(f"/meetings/{meeting}/time", times)
    await house.deliver()
    await both_see(3, "REQUEST", 2)

    old = replace(receiver.invited(), sequence=0)
    servers.send(HEIKKI, old.organiser, replying.google(old, "DECLINED"))
    await look(house, ["old"])

    proposed = starts + timedelta(hours=3)
    servers.send(HEIKKI, old.organiser, replying.counter(receiver.invited(), proposed))
    await look(house)
    assert await remark_of(house) == "counter"
    shown = (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}")).text
    assert "vahvistamatta: ehdottaa toista aikaa" in shown
    assert await times_of(house) == starts

    await coordinator.post(f"/meetings/{meeting}/seats/removal", taken | {"case": first})
    await house.deliver()
    await both_see(4, "CANCEL", 3)
    assert {row["state"] for row in await house.fetch("SELECT state FROM outbox")} == {"sent"}


async def test_a_report_that_comes_later_reaches_the_coordinator(house, servers):
    """Postfix takes the message for somebody who is not there, and says so afterwards to its own return path."""
    case = await house.submitted()
    meeting = await house.opened(case, "Sanna")
    await house.deliver()
    assert (await house.fetch("SELECT state FROM invitation_mail"))[0]["state"] == "sent"
    await look(house)
    [row] = await house.fetch("SELECT state, words FROM invitation_mail")
    assert (row["state"], row["words"]) == ("refused", "5.1.1")
    shown = (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}")).text
    assert "/resending" in shown


async def test_reports_hold_nothing_of_the_invitation(house, servers):
    """RET=HDRS: what a server sends back does not carry the calendar and its private address about."""
    await house.opened(await house.submitted(), "Sanna")
    await house.deliver()
    [fetched] = await asyncio.to_thread(until, lambda: imap.fetch(house.settings))
    assert b"delivery-status" in fetched.content
    assert b"VEVENT" not in fetched.content
    assert b"/j/" not in fetched.content


STEPS = ["before anything is written", "before it is committed", "before it is deleted"]


@pytest.mark.parametrize("step", STEPS)
async def test_killed_between_any_two_steps_a_message_counts_once(house, servers, monkeypatch, step):
    receiver = Receiver(servers)
    await begun(house)
    await asyncio.to_thread(receiver.after, 1)
    to = receiver.invited()
    servers.send(HEIKKI, to.organiser, replying.thunderbird(to, "DECLINED"))
    await asyncio.to_thread(until, lambda: imap.fetch(house.settings))

    class Killed(BaseException):
        pass

    async def killed(*arguments):
        if step == STEPS[1]:
            await hear(*arguments)
        raise Killed

    with monkeypatch.context() as patched:
        if step == STEPS[2]:

            def killed_there(*_):
                raise Killed

            patched.setattr(imap, "delete", killed_there)
        else:
            patched.setattr("multiagency.meetings.jobs_replies.hear", killed)
        with pytest.raises(Killed):
            await read_replies(house.runtime, await house.service())
    assert len(await asyncio.to_thread(imap.fetch, house.settings)) == 1
    assert await remark_of(house) == ("declined" if step == STEPS[2] else None)
    assert await read_replies(house.runtime, await house.service()) == 1
    assert await asyncio.to_thread(imap.fetch, house.settings) == []
    assert await remark_of(house) == "declined"
    told = await house.fetch("SELECT count(*) FROM notice WHERE what = 'replied_by_mail' GROUP BY post_id")
    assert {row["count"] for row in told} == {1}


async def test_two_workers_at_one_mailbox_count_a_message_once(house, servers):
    receiver = Receiver(servers)
    await begun(house)
    await asyncio.to_thread(receiver.after, 1)
    to = receiver.invited()
    servers.send(HEIKKI, to.organiser, replying.apple(to))
    await asyncio.to_thread(until, lambda: imap.fetch(house.settings))
    presented = await house.service()
    await asyncio.gather(*(read_replies(house.runtime, presented) for _ in range(2)), return_exceptions=True)
    assert len(await house.fetch("SELECT FROM mailbox_message")) == 1
    told = await house.fetch("SELECT count(*) FROM notice WHERE what = 'replied_by_mail' GROUP BY post_id")
    assert {row["count"] for row in told} == {1}


async def test_no_more_than_the_hourly_limit_is_dealt_with_and_the_rest_waits(house, servers, monkeypatch):
    monkeypatch.setattr("multiagency.mail.service_mailbox.MOST_AN_HOUR", 2)
    for _ in range(3):
        servers.send("eve@attacker.example", "kokous-guess@kutsu.example", b"Subject: x\r\n\r\nx\r\n")
    await asyncio.to_thread(until, lambda: len(imap.fetch(house.settings)) == 3)
    presented = await house.service()
    assert [await read_replies(house.runtime, presented) for _ in range(2)] == [2, 0]
    assert len(await asyncio.to_thread(imap.fetch, house.settings)) == 1


async def test_a_message_that_is_too_large_is_deleted_unread(house, servers):
    servers.send("eve@attacker.example", "kokous-guess@kutsu.example", b"Subject: x\r\n\r\n" + b"x" * 70 * 10 + b"\r\n")
    big = b"Subject: x\r\n\r\n" + (b"x" * 70 + b"\r\n") * 8000
    servers.send("eve@attacker.example", "kokous-guess@kutsu.example", big)
    await asyncio.to_thread(until, lambda: len(imap.fetch(house.settings)) == 2)
    await look(house, ["no_calendar", "too_large"])


async def test_a_server_with_a_certificate_of_nobody_known_gets_no_password(house, servers, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        await read_replies(house.runtime, await house.service())


async def test_a_mailbox_that_is_away_is_an_error_of_that_task_alone(house, servers):
    await asyncio.to_thread(servers.stop_mailbox)
    try:
        with pytest.raises(OSError, match=r"."):
            await read_replies(house.runtime, await house.service())
        await house.opened(await house.submitted(), "Heikki")
        assert await house.deliver() == 1
    finally:
        await asyncio.to_thread(servers.start_mailbox)
