"""Killed between any two steps of sending: all arrives, nothing counts twice, and the receiver's calendar is ours."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.meetings.test_calendars import by_hand, keeping_revisions, removing_at_once

from multiagency.mail import delivery

HEIKKI = "heikki.palojarvi@revontuli.example"


class Killed(BaseException):
    """The process ends here; what was not committed is gone."""


def before(original):
    async def dies(*_, **__):
        raise Killed

    return dies


def after(original):
    async def dies(*arguments, **named):
        await original(*arguments, **named)
        raise Killed

    return dies


STEPS = {
    "before the claim is written": ("_take", before),
    "before the claim is committed": ("_take", after),
    "before anything is handed over": ("hand_over", before),
    "once all is handed over": ("hand_over", after),
    "before the outcome is written": ("_settle", before),
    "before the outcome is committed": ("_settle", after),
}


@pytest.fixture
def house(mailing_house):
    return mailing_house


async def delivered_by_one_who_dies(house, monkeypatch, step):
    """A worker is killed at the step, its lease lapses, and another one goes on."""
    name, how = STEPS[step]
    with monkeypatch.context() as patched:
        patched.setattr(delivery, name, how(getattr(delivery, name)))
        with pytest.raises(Killed):
            await house.deliver()
    await house.fetch("UPDATE outbox SET next_attempt_at = now() WHERE state = 'waiting'")
    await house.deliver()


def arrived(house):
    return [mail for mail in house.sink.messages() if str(mail["To"]) == HEIKKI and mail.is_multipart()]


def objects(house):
    return [mail.get_payload(1).get_payload(decode=True) for mail in arrived(house)]


async def ours(house):
    """What stands in the service: when the meeting is and what was answered, or nothing."""
    [row] = await house.fetch(
        "SELECT i.answer, i.cancelled_at, m.starts_at FROM invitation i JOIN meeting m ON m.id = i.meeting_id "
        "JOIN post p ON p.id = i.post_id WHERE p.email = $1",
        HEIKKI,
    )
    stands = (row["starts_at"].strftime("%Y%m%dT%H%M%SZ"), row["answer"].upper().replace("_", "-"))
    return None if row["cancelled_at"] else stands


async def theirs_is_ours(house):
    read = [by_hand(each) for each in objects(house)]
    for calendar in (keeping_revisions, removing_at_once):
        assert list(calendar(read).values()) == [await ours(house)]
    copies = {}
    for mail in arrived(house):
        copies.setdefault(mail["Message-ID"], set()).add(mail.as_bytes())
    assert {len(alike) for alike in copies.values()} == {1}
    assert not await house.fetch("SELECT FROM outbox WHERE state = 'waiting'")


@pytest.mark.parametrize("step", STEPS)
async def test_killed_between_any_two_steps_the_receivers_calendar_is_ours(house, monkeypatch, step):
    first, second = await house.submitted(), await house.submitted("social-worker")
    meeting = await house.meeting(first, second, minutes=60)
    coordinator = await house.person("coordinator")
    for case in (first, second):
        await house.seat(meeting, case, "Heikki")
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    await delivered_by_one_who_dies(house, monkeypatch, step)
    await theirs_is_ours(house)

    for days in (1, 2):
        starts = datetime.now(UTC) + timedelta(days=days)
        times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
        await coordinator.post(f"/meetings/{meeting}/time", times)
    await delivered_by_one_who_dies(house, monkeypatch, step)
    await theirs_is_ours(house)

    taken = {"post": await house.post_of("Heikki")}
    await coordinator.post(f"/meetings/{meeting}/seats/removal", taken | {"case": second})
    await coordinator.post(f"/meetings/{meeting}/seats/removal", taken | {"case": first})
    await delivered_by_one_who_dies(house, monkeypatch, step)
    await theirs_is_ours(house)

    await house.seat(meeting, first, "Heikki")
    await delivered_by_one_who_dies(house, monkeypatch, step)
    await theirs_is_ours(house)
