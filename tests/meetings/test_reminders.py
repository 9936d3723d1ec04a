"""Who is invited is reminded once before the meeting, by a mail that says only that something waits."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.pages import at_pages

from multiagency.meetings.jobs_reminders import remind_of_meetings

EARLIER = "UPDATE invitation SET id = overlay(id::text placing '018f0000-0000' from 1 for 13)::uuid"


@pytest.fixture
def house(mailing_house):
    return mailing_house


async def invited(house, hours):
    """A meeting so many hours from now, to which Heikki was invited long ago."""
    case = await house.submitted()
    meeting = await house.meeting(case, minutes=hours * 60)
    await house.seat(meeting, case, "Heikki")
    await house.seat(meeting, case, "Jouni")
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    await house.deliver()
    for change in (
        "ALTER TABLE invitation_mail DROP CONSTRAINT fk_invitation_mail_invitation_id",
        "ALTER TABLE join_address DROP CONSTRAINT fk_join_address_invitation_id",
        "UPDATE invitation_mail m SET invitation_id = "
        "overlay(m.invitation_id::text placing '018f0000-0000' from 1 for 13)::uuid",
        EARLIER,
    ):
        await house.fetch(change)
    return meeting


@pytest.fixture
async def own_house(ground, sink):
    async with ground.house(sink) as house:
        yield house


async def reminded(house):
    return await remind_of_meetings(house.runtime, await house.service())


async def told(house):
    rows = await house.fetch("SELECT place FROM notice WHERE what = 'meeting_comes' AND read_at IS NULL")
    return [row["place"] for row in rows]


async def test_everybody_who_has_not_declined_is_reminded_once(own_house):
    house, meeting = own_house, await invited(own_house, 47)
    await (await at_pages(house, "municipality")).post(f"/meetings/{meeting}/invitation/answer", answer="declined")
    assert [await reminded(house), await reminded(house)] == [1, 0]
    assert await told(house) == [f"/meetings/{meeting}/invitation"]
    before = len(house.sink.messages())
    await house.notify()
    mails = house.sink.messages()[before:]
    mine = [mail for mail in mails if str(mail["To"]).startswith("jouni")]
    assert len(mine) == 1
    text = mine[0].get_content()
    for hidden in (meeting, "/meetings", "kokou", "MARAK"):
        assert hidden not in text.split("Viestin lähettää")[0]


async def test_nobody_is_reminded_before_the_hours_that_the_team_has_set(own_house):
    house = own_house
    await invited(house, 49)
    assert await reminded(house) == 0


async def test_a_new_time_is_reminded_of_anew(own_house):
    house, meeting = own_house, await invited(own_house, 47)
    assert await reminded(house) == 2
    starts = datetime.now(UTC) + timedelta(days=9)
    times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/time", times)
    assert await reminded(house) == 0
    await house.fetch("UPDATE meeting SET starts_at = now() + interval '20 h', ends_at = now() + interval '21 h'")
    assert await reminded(house) == 2


async def test_an_answer_settles_it(own_house):
    house, meeting = own_house, await invited(own_house, 47)
    await reminded(house)
    await (await at_pages(house, "municipality")).post(f"/meetings/{meeting}/invitation/answer", answer="accepted")
    assert len(await told(house)) == 1  # the other one's


async def test_who_was_invited_within_these_hours_knows_already(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    assert await reminded(house) == 0
