"""An invitation is for the span in which its post is needed; whoever is needed at another time is asked again."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from multiagency.demo.person import CalendarMail


@pytest.fixture
def house(mailing_house):
    return mailing_house


async def opened(house):
    """Three cases in an hour: Heikki at the second, Jouni at the first and third, Sanna at the third."""
    cases = [await house.submitted() for _ in range(3)]
    meeting = await house.meeting(*cases, minutes=60 * 24)
    for number, name in ((1, "Heikki"), (0, "Jouni"), (2, "Jouni"), (2, "Sanna")):
        await house.seat(meeting, cases[number], name)
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    await house.deliver()
    return cases, meeting


async def calendars(house, meeting):
    """What the newest entry of each person says: minutes after the meeting begins, from when until when."""
    await house.deliver()
    starts = (await house.fetch("SELECT starts_at FROM meeting WHERE reference = $1", meeting))[0]["starts_at"]
    found = {}
    for mail in house.sink.messages():
        about = CalendarMail.parse(mail)
        if about is None:
            continue
        part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
        event = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
        times = [round((event[name].dt - starts) / timedelta(minutes=1)) for name in ("DTSTART", "DTEND")]
        found[about.recipient.partition("@")[0]] = (*times, about.sequence)
    return found


async def test_each_is_invited_from_the_first_to_the_last_case_that_needs_them(house):
    _, meeting = await opened(house)
    assert await calendars(house, meeting) == {
        "heikki.palojarvi": (15, 30, 0),
        "jouni.keropaa": (0, 60, 0),
        "sanna.oinasjoki": (30, 60, 0),
    }


async def test_another_order_asks_those_again_whose_time_it_changes_and_nobody_else(house):
    cases, meeting = await opened(house)
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/meetings/{meeting}/order", {"case": cases[1], "direction": "up"})
    assert await calendars(house, meeting) == {
        "heikki.palojarvi": (0, 15, 1),
        "jouni.keropaa": (15, 60, 1),
        "sanna.oinasjoki": (30, 60, 0),
    }


async def test_a_further_seat_widens_the_span_and_losing_one_is_an_update(house):
    cases, meeting = await opened(house)
    await house.seat(meeting, cases[0], "Heikki")
    assert (await calendars(house, meeting))["heikki.palojarvi"] == (0, 30, 1)
    gone = {"case": cases[1], "post": await house.post_of("Heikki")}
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/seats/removal", gone)
    assert (await calendars(house, meeting))["heikki.palojarvi"] == (0, 15, 2)


async def test_a_draft_tells_nobody(house):
    cases = [await house.submitted() for _ in range(2)]
    meeting = await house.meeting(*cases)
    await house.seat(meeting, cases[1], "Heikki")
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/meetings/{meeting}/order", {"case": cases[1], "direction": "up"})
    assert await calendars(house, meeting) == {}


async def test_a_moved_meeting_keeps_the_spans(house):
    _, meeting = await opened(house)
    times = (await house.fetch("SELECT starts_at, ends_at FROM meeting"))[0]
    later = {name: (times[name] + timedelta(days=1)).isoformat() for name in ("starts_at", "ends_at")}
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/time", later)
    assert (await calendars(house, meeting))["heikki.palojarvi"] == (15, 30, 1)
