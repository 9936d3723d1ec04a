"""Many changes within a minute become one mail: an update waits, a later one takes its place, and order stays."""

from datetime import UTC, datetime, timedelta

import pytest

HEIKKI = "heikki.palojarvi@revontuli.example"


@pytest.fixture
async def house(lodgings, sink):
    async with lodgings.lived_in(sink, mail_settle_seconds=60) as house:
        yield house


async def opened(house):
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki")
    await house.deliver()
    assert sequences(house) == [0]  # the first invitation waits for nothing
    return case, meeting


async def move(house, meeting, days):
    starts = datetime.now(UTC) + timedelta(days=days)
    times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/time", times)


async def let_time_pass(house, seconds):
    await house.fetch(
        "UPDATE outbox SET next_attempt_at = next_attempt_at - make_interval(secs => $1) WHERE state = 'waiting'",
        seconds,
    )
    await house.deliver()


def sequences(house):
    return [mail.sequence for mail in house.mails() if mail and mail.recipient == HEIKKI]


async def states(house):
    rows = await house.fetch("SELECT state FROM invitation_mail ORDER BY sequence")
    return [row["state"] for row in rows]


async def test_changes_within_a_minute_become_one_mail(house):
    _, meeting = await opened(house)
    for days in (1, 2, 3):
        await move(house, meeting, days)
    await house.deliver()
    assert sequences(house) == [0]
    await let_time_pass(house, 60)
    assert sequences(house) == [0, 3]
    assert await states(house) == ["sent", "replaced", "replaced", "sent"]
    assert not await house.fetch("SELECT FROM outbox WHERE body IS NOT NULL")


async def test_who_goes_on_changing_holds_nobody_up_for_more_than_a_minute(house):
    _, meeting = await opened(house)
    await move(house, meeting, 1)
    await let_time_pass(house, 40)
    await move(house, meeting, 2)
    await let_time_pass(house, 30)
    assert sequences(house) == [0, 2]


async def test_what_may_have_left_is_not_replaced(house):
    _, meeting = await opened(house)
    await move(house, meeting, 1)
    await house.fetch("UPDATE outbox SET may_have_left = true, attempts = 1 WHERE state = 'waiting'")
    await move(house, meeting, 2)
    await let_time_pass(house, 60)
    assert sequences(house) == [0, 1, 2]


async def test_a_cancellation_does_not_wait(house):
    case, meeting = await opened(house)
    await move(house, meeting, 1)
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await let_time_pass(house, 60)
    assert [(mail.method, mail.sequence) for mail in house.mails() if mail] == [("REQUEST", 0), ("CANCEL", 2)]
    assert await states(house) == ["sent", "withdrawn", "sent"]


async def test_who_has_no_entry_yet_gets_the_first_invitation_before_what_changed(house):
    """An update speaks of an earlier invitation: it never comes alone."""
    case = await house.submitted()
    house.sink.refuse = lambda _: "451 later"
    meeting = await house.opened(case, "Heikki")
    await move(house, meeting, 1)
    house.sink.refuse = None
    await let_time_pass(house, 60)
    assert sequences(house) == [0, 1]
