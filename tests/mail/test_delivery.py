"""Delivery against a real SMTP server: never lost, in order, the same again, and only to whom it may still concern."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy.exc import DBAPIError

from multiagency.kernel.access import Act
from multiagency.kernel.keys import missing_master
from multiagency.mail import delivery as worker
from multiagency.mail.delivery import LEASE, back_off, deliver_next
from multiagency.mail.smtp import DIALOGUE


@pytest.fixture
def house(mailing_house):
    return mailing_house


async def change(house, query, *values):
    superuser = await house.superuser()
    await superuser.execute(query, *values)
    await superuser.close()


async def outbox(house):
    return await house.fetch("SELECT * FROM outbox ORDER BY stream_id, ordinal")


async def opened(house, *names):
    case = await house.submitted()
    return case, await house.opened(case, *(names or ("Heikki",)))


async def test_the_message_exists_if_and_only_if_the_change_does(house):
    case = await house.submitted()
    meeting = await house.meeting(case)
    await house.seat(meeting, case, "Heikki")
    await change(house, "REVOKE INSERT ON audit_entry FROM multiagency_app")
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=500)
    assert await outbox(house) == []
    assert (await house.fetch("SELECT state FROM meeting"))[0]["state"] == "planned"


async def test_bodies_are_sealed_and_erased_once_delivered(house):
    await opened(house)
    row = (await outbox(house))[0]
    assert row["state"] == "waiting"
    assert b"revontuli" not in row["body"]
    await house.deliver()
    row = (await outbox(house))[0]
    assert (row["state"], row["body"], row["wrapped_key"]) == ("sent", None, None)
    assert row["finished_at"] is not None


async def test_a_refusing_server_is_tried_again_later(house):
    await opened(house)
    house.sink.refuse = lambda _: "451 try later"
    assert await house.deliver() == 1
    row = (await outbox(house))[0]
    assert (row["state"], row["attempts"], row["last_error"]) == ("waiting", 1, "SMTPRecipientRefused")
    assert row["body"] is not None
    assert row["next_attempt_at"] > datetime.now(UTC)
    assert await house.deliver() == 0
    house.sink.refuse = None
    await change(house, "UPDATE outbox SET next_attempt_at = now()")
    await house.deliver()
    assert [mail.recipient for mail in house.mails()] == ["heikki.palojarvi@revontuli.example"]


async def test_a_server_that_is_away_loses_nothing(house):
    await opened(house)
    house.sink.stop()
    await house.deliver()
    assert (await outbox(house))[0]["state"] == "waiting"
    house.sink.start()
    await change(house, "UPDATE outbox SET next_attempt_at = now()")
    await house.deliver()
    assert len(house.mails()) == 1


def test_pauses_double_up_to_an_hour():
    pauses = [back_off(attempts) for attempts in range(1, 40)]
    assert pauses[0] == timedelta(seconds=2)
    assert all(later == min(2 * earlier, timedelta(hours=1)) for earlier, later in pairwise(pauses))


async def killed_after_sending(house, monkeypatch):
    """Let the worker die at the worst moment: the server has the message, the database does not know."""

    async def send_and_die(*asked):
        await original(*asked)
        raise asyncio.CancelledError

    original = worker.hand_over
    monkeypatch.setattr(worker, "hand_over", send_and_die)
    with pytest.raises(asyncio.CancelledError):
        await deliver_next(house.runtime, await house.service())
    monkeypatch.setattr(worker, "hand_over", original)


async def test_killed_after_sending_the_same_message_comes_again(house, monkeypatch):
    await opened(house)
    await killed_after_sending(house, monkeypatch)
    assert await house.deliver() == 0  # the claim of the dead worker still holds
    await change(house, "UPDATE outbox SET next_attempt_at = now()")
    await house.deliver()
    first, second = house.sink.messages()
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes()
    assert house.mails()[0] == house.mails()[1]


async def test_killed_before_sending_the_message_is_not_lost(house, monkeypatch):
    await opened(house)

    async def die(*_):
        raise asyncio.CancelledError

    monkeypatch.setattr(worker, "hand_over", die)
    with pytest.raises(asyncio.CancelledError):
        await deliver_next(house.runtime, await house.service())
    monkeypatch.undo()
    await change(house, "UPDATE outbox SET next_attempt_at = now()")
    await house.deliver()
    assert len(house.mails()) == 1


async def test_the_claim_outlasts_the_longest_dialogue():
    assert timedelta(seconds=worker.BEGUN_WITHIN + DIALOGUE) < LEASE


async def test_h3_what_waits_is_claimed_and_settled_together(house):
    await opened(house, "Heikki", "Jouni", "Elina")
    assert await deliver_next(house.runtime, await house.service()) == 3
    assert len(house.mails()) == 3
    settled = await house.fetch("SELECT DISTINCT xmin::text, state FROM outbox")
    assert [row["state"] for row in settled] == ["sent"], "in one transaction"


async def test_first_in_first_out_per_invitation(house):
    """The invitation is held up; its update must not overtake it."""
    _, meeting = await opened(house, "Heikki", "Jouni")
    house.sink.refuse = lambda recipient: "451 later" if "revontuli" in recipient else None
    await house.deliver()
    house.sink.refuse = None
    await change(house, "UPDATE outbox SET next_attempt_at = now() + interval '1 hour' WHERE state = 'waiting'")
    starts = datetime.now(UTC) + timedelta(days=1)
    times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/time", times)
    await house.deliver()
    assert {mail.recipient.split("@")[1] for mail in house.mails()} == {"police.example"}
    await change(house, "UPDATE outbox SET next_attempt_at = now()")
    await house.deliver()
    held_up = [mail.sequence for mail in house.mails() if "revontuli" in mail.recipient]
    assert held_up == [0, 1]


@pytest.mark.parametrize(("answer", "state"), [("451 later", "withdrawn"), ("550 no such user", "refused")])
async def test_a_cancellation_goes_only_to_whom_an_invitation_may_have_reached(house, answer, state):
    case, _ = await opened(house)
    house.sink.refuse = lambda _: answer
    await house.deliver()
    house.sink.refuse = None
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await change(house, "UPDATE outbox SET next_attempt_at = now()")
    await house.deliver()
    about_the_meeting = [row for row in await outbox(house) if row["purpose"] != "notice"]
    assert [(row["purpose"], row["state"]) for row in about_the_meeting] == [
        ("request", state),
        ("cancel", "withdrawn"),
    ]
    assert [mail for mail in house.mails() if mail] == []


async def test_what_may_no_longer_be_received_is_dropped_before_sending(house):
    case, _ = await opened(house)
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await house.deliver()
    assert house.mails() == []
    rows = await outbox(house)
    assert [(row["purpose"], row["state"], row["body"]) for row in rows] == [
        ("request", "withdrawn", None),
        ("cancel", "withdrawn", None),
    ]


async def test_a_cancellation_follows_when_the_invitation_may_have_arrived(house, monkeypatch):
    case, _ = await opened(house)
    await killed_after_sending(house, monkeypatch)
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await change(house, "UPDATE outbox SET next_attempt_at = now()")
    await house.deliver()
    assert [mail.method for mail in house.mails()] == ["REQUEST", "CANCEL"]


@pytest.mark.parametrize(
    "over",
    [
        "UPDATE post SET valid_to = now() WHERE role = 'representative'",
        "UPDATE lawful_basis SET ended_at = now() WHERE reason = 'consent'",
        "UPDATE access_grant SET valid_to = now() WHERE occasion = 'seat'",
        "INSERT INTO access_bar SELECT gen_random_uuid(), c.id, p.person_id, 'conflict', now() - interval '1 s', NULL "
        "FROM case_file c, post p WHERE p.role = 'representative'",
    ],
)
async def test_whatever_ended_meanwhile_stops_the_mail(house, over):
    await opened(house)
    await change(house, over)
    await house.deliver()
    assert house.mails() == []
    assert (await outbox(house))[0]["state"] == "withdrawn"


async def test_a_message_that_cannot_be_opened_waits_and_stops_nothing_else(house):
    await opened(house, "Heikki", "Jouni")
    await change(house, "UPDATE outbox SET wrapped_key = '\\x00' WHERE id = (SELECT min(id::text)::uuid FROM outbox)")
    await house.deliver()
    rows = await house.fetch("SELECT state, last_error, body FROM outbox ORDER BY id")
    assert [(row["state"], row["last_error"]) for row in rows] == [("waiting", missing_master(None)), ("sent", None)]
    assert rows[0]["body"] is not None


async def test_two_workers_send_each_message_once(house):
    await opened(house, "Heikki", "Jouni", "Sanna")
    presented = await house.service()

    async def work():
        handled = 0
        for _ in range(20):
            with contextlib.suppress(DBAPIError):  # a serialization failure: the other was first
                handled += await deliver_next(house.runtime, presented)
        return handled

    assert sum(await asyncio.gather(work(), work())) >= 3
    assert len(house.mails()) == len({mail.recipient for mail in house.mails()}) == 3


async def test_every_delivery_leaves_an_entry(house):
    await opened(house)
    await house.deliver()
    rows = await house.fetch("SELECT convert_from(body, 'UTF8') AS body FROM audit_entry")
    assert sum(f'"act":"{Act.DELIVER_MAIL}"' in row["body"] and '"result":"sent"' in row["body"] for row in rows) == 1


async def test_without_its_session_the_worker_reads_no_outbox(house):
    await opened(house)
    async with house.as_role("worker") as connection:
        assert await connection.fetchval("SELECT count(*) FROM outbox") == 0
