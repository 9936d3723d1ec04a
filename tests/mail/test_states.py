"""How a message stands is true, whoever looks: waiting, sent, refused, late, withdrawn; and one never stops another."""

import asyncio
import base64
import contextlib
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from tests.pages import at_pages

from multiagency.kernel.access import Act
from multiagency.kernel.crypto import Sealed
from multiagency.kernel.ids import uuid7
from multiagency.mail import delivery
from multiagency.mail.delivery import deliver_next
from multiagency.mail.outbox import unseal

HEIKKI = "heikki.palojarvi@revontuli.example"


@pytest.fixture
def house(mailing_house):
    return mailing_house


async def opened(house, *names):
    case = await house.submitted()
    return case, await house.opened(case, *(names or ("Heikki",)))


async def again(house):
    """Let everything be due."""
    await house.fetch("UPDATE outbox SET next_attempt_at = now() WHERE state = 'waiting'")
    return await house.deliver()


async def states(house):
    rows = await house.fetch("SELECT purpose, state FROM outbox WHERE purpose <> 'notice' ORDER BY stream_id, ordinal")
    return [(row["purpose"], row["state"]) for row in rows]


async def seen(house, meeting, name="Heikki"):
    found = (await (await house.person("coordinator")).get(f"/meetings/{meeting}"))["invitations"]
    return next(row for row in found if name in row["name"])


async def readdressed(house, to):
    """Put another recipient into the one message that waits, as a row of before addresses were checked would have."""
    [row] = await house.fetch("SELECT o.* FROM outbox o WHERE purpose = 'request' ORDER BY id LIMIT 1")
    message = unseal(house.runtime.tools.master, row["id"], Sealed(row["body"]), row["wrapped_key"])
    key, wrapped = house.runtime.tools.master.current().new_data_key(uuid7())
    odd = re.sub(rb"\nTo: [^\r]*", b"\nTo: " + to.encode(), message)
    body = key.seal("outbox.body", row["id"], base64.b64encode(odd).decode()).data
    await house.fetch("UPDATE outbox SET body = $2, wrapped_key = $3 WHERE id = $1", row["id"], body, wrapped)
    return row["id"]


async def test_sec0037_f1_one_odd_address_stops_no_other_mail_and_is_given_up_after_ten_tries(house):
    await opened(house, "Heikki", "Jouni", "Sanna")
    odd = await readdressed(house, "todistaja@säkylä.example")
    await house.deliver()
    assert len(house.mails()) == 2
    for _ in range(10):
        await again(house)
    [row] = await house.fetch("SELECT state, attempts, body FROM outbox WHERE id = $1", odd)
    assert (row["state"], row["attempts"], row["body"]) == ("refused", 10, None)
    told = await house.fetch("SELECT what FROM notice")
    assert "invitation_refused" in {notice["what"] for notice in told}


async def test_f1_a_post_whose_address_is_none_stops_neither_the_invitations_nor_the_notices_of_others(house):
    await house.fetch("ALTER TABLE post DROP CONSTRAINT IF EXISTS ck_post_email")
    await house.fetch("UPDATE post SET email = '' WHERE email = $1", HEIKKI)
    try:
        _, meeting = await opened(house, "Heikki", "Jouni")
        await house.deliver()
        assert [mail.recipient for mail in house.mails() if mail] == ["jouni.keropaa@police.example"]
        assert (await seen(house, meeting))["delivery"] == "refused"
        await (await house.person("coordinator")).post(
            f"/meetings/{meeting}/invitations/{await house.post_of('Heikki')}/resending", {"email": HEIKKI}
        )
        await house.deliver()
        assert house.mails()[-1].recipient == HEIKKI
    finally:
        await house.fetch("UPDATE post SET email = $1 WHERE email = ''", HEIKKI)


async def test_f3_a_refusal_ends_it_and_whoever_coordinates_is_told_corrects_the_address_and_sends_again(house):
    _, meeting = await opened(house)
    house.sink.refuse = lambda to: (
        "550 5.1.1 <heikki.palojarvi@revontuli.example>: no such user" if to == HEIKKI else None
    )
    await house.deliver()
    assert await again(house) == 0  # nothing waits for it
    row = await seen(house, meeting)
    assert (row["delivery"], row["refusal"]) == ("refused", "550 5.1.1 … no such user")
    coordinator, pages = await house.person("coordinator"), await at_pages(house, "coordinator")
    [notice] = [n for n in await coordinator.get("/notices") if n["place"] == f"/meetings/{meeting}"]
    path = f"/meetings/{meeting}/invitations/{await house.post_of('Heikki')}/resending"
    assert path in (await pages.get(notice["place"])).text
    shown = (await pages.get(path)).text
    assert "550 5.1.1" in shown
    assert HEIKKI in shown
    await pages.post(path, 422, email="heikki.palojärvi@revontuli.example")
    await pages.post(path, email="heikki@säkylä.example")
    await house.deliver()
    mail = house.mails()[-1]
    assert (mail.recipient, mail.sequence) == ("heikki@xn--skyl-load.example", 1)
    subject = str(house.sink.messages()[-1]["Subject"])
    assert "Kokouskutsu" in subject  # nothing reached the person: it replaces nothing
    assert (await seen(house, meeting))["delivery"] == "sent"
    await coordinator.post(path, {"email": HEIKKI}, 409)
    assert (await (await house.person("municipality")).get(f"/invitations/{mail.address}"))["reference"] == meeting


@pytest.mark.parametrize("purpose", ["request", "cancel"])
async def test_f4_nothing_leaves_for_a_meeting_that_is_over(house, purpose):
    case, meeting = await opened(house)
    if purpose == "cancel":
        await house.deliver()
        await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    before = len(house.mails())
    past = datetime.now(UTC) - timedelta(hours=2)
    await house.fetch("UPDATE meeting SET starts_at = $1, ends_at = $2", past, past + timedelta(hours=1))
    await house.deliver()
    assert len([mail for mail in house.mails() if mail]) == before
    assert (await states(house))[-1] == (purpose, "late")
    assert (await seen(house, meeting))["delivery"] == "late"


async def test_f5_two_workers_beside_a_slow_server_double_and_reorder_nothing(house):
    """Both take what is due, again and again, while the server is slow: each message once, each stream in order."""
    _, meeting = await opened(house, "Heikki", "Jouni", "Sanna")
    coordinator = await house.person("coordinator")
    for days in (1, 2, 3):
        starts = datetime.now(UTC) + timedelta(days=days)
        times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
        await coordinator.post(f"/meetings/{meeting}/time", times)
    house.sink.refuse = lambda _: time.sleep(0.02)
    presented = await house.service()

    async def work():
        for _ in range(40):
            with contextlib.suppress(DBAPIError):  # a serialization failure: the other was first
                await deliver_next(house.runtime, presented)
            await asyncio.sleep(0.01)

    await asyncio.gather(work(), work())
    arrived = {}
    for mail in house.mails():
        arrived.setdefault(mail.recipient, []).append(mail.sequence)
    assert arrived == {to: [0, 3] for to in arrived}  # the updates between are replaced by the last
    assert len(arrived) == 3


async def test_f5_whoever_lost_the_lease_cannot_give_back_what_another_has(house, monkeypatch):
    """The first worker is held up past its lease and fails; the second has the message: its claim stays."""
    await opened(house)
    presented, original = await house.service(), delivery.hand_over

    async def held_up(settings, letters, seconds):
        monkeypatch.setattr(delivery, "hand_over", original)
        await house.fetch("UPDATE outbox SET attempts = 2, next_attempt_at = now() + interval '1 minute'")
        return {letter.id: delivery.Handed("waiting", fault="TimeoutError") for letter in letters}

    monkeypatch.setattr(delivery, "hand_over", held_up)
    await deliver_next(house.runtime, presented)
    [row] = await house.fetch(
        "SELECT attempts, last_error, next_attempt_at > now() + interval '50 s' AS kept FROM outbox"
    )
    assert (row["attempts"], row["last_error"], row["kept"]) == (2, None, True)


async def test_what_is_known_of_an_invitation_stays_when_the_outbox_forgets_it(house):
    case, meeting = await opened(house)
    await house.deliver()
    sent = house.sink.messages()[0]
    await house.fetch("DELETE FROM outbox")
    row = await seen(house, meeting)
    assert row["delivery"] == "sent"
    [kept] = await house.fetch("SELECT message_id, return_path, email FROM invitation_mail")
    assert tuple(kept) == (sent["Message-ID"], kept["return_path"], HEIKKI)
    assert kept["return_path"].startswith("palautus-")
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await house.deliver()
    cancelled = house.sink.messages()[-1]
    assert (house.mails()[-1].method, cancelled["References"]) == ("CANCEL", sent["Message-ID"])


async def test_a_row_that_could_stop_a_worker_is_refused_by_the_database(house):
    """What the worker's own password can write into the outbox, it can also read."""
    await opened(house)
    secret = (await house.service()).secret
    for column, value in {
        "next_attempt_at": "'infinity'",
        "created_at": "'0044-03-15 BC'",
        "finished_at": "now()",
        "attempts": "-1",
        "ordinal": "2147483647",
        "purpose": "'else'",
        "state": "'dropped'",
    }.items():
        with pytest.raises(Exception, match="ck_outbox"):
            async with house.as_role("worker", secret) as connection:
                await connection.execute(f"UPDATE outbox SET {column} = {value}")


@pytest.mark.parametrize("odd", ["body = '\\x00'", "body = NULL", "wrapped_key = '\\x'", "message_id = E'\\x01'"])
async def test_f1_an_odd_row_of_the_outbox_stops_no_other(house, odd):
    await opened(house, "Heikki", "Jouni")
    await house.fetch(f"UPDATE outbox SET {odd} WHERE id = (SELECT min(id::text)::uuid FROM outbox)")
    await house.deliver()
    assert len(house.mails()) >= 1


async def test_every_end_of_a_message_is_an_entry_that_names_whom_it_was_for(house):
    await opened(house, "Heikki", "Jouni")
    house.sink.refuse = lambda to: "550 no" if to == HEIKKI else None
    await house.deliver()
    rows = await house.fetch("SELECT convert_from(body, 'UTF8') AS body FROM audit_entry")
    delivered = [row["body"] for row in rows if f'"act":"{Act.DELIVER_MAIL}"' in row["body"]]
    assert {result for body in delivered for result in re.findall(r'"result":"(sent|refused)"', body)} == {
        "sent",
        "refused",
    }
