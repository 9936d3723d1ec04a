"""Nights on which the clock is changed, midnight, and somebody in another zone: the same moment for everybody."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar

NIGHTS = {
    "over the hour that is skipped": (
        "2027-03-28T00:30:00+00:00",
        "2027-03-28T01:30:00+00:00",
        "28.3.2027 klo 2.30–4.30",
    ),
    "in the first of the hour that is twice": (
        "2027-10-31T00:15:00+00:00",
        "2027-10-31T00:45:00+00:00",
        "31.10.2027 klo 3.15–3.45",
    ),
    "from the first into the second": (
        "2027-10-31T00:45:00+00:00",
        "2027-10-31T01:45:00+00:00",
        "31.10.2027 klo 3.45–3.45",
    ),
    "over midnight": ("2027-05-01T20:30:00+00:00", "2027-05-01T21:30:00+00:00", "1.5.2027 klo 23.30–2.5.2027 klo 0.30"),
}


@pytest.fixture
def house(mailing_house):
    return mailing_house


async def mailed(house, begins, ends):
    case = await house.submitted()
    meeting = await house.meeting(case)
    await house.seat(meeting, case, "Heikki")
    await house.fetch("UPDATE meeting SET starts_at = $1, ends_at = $2", begins, ends)
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    await house.deliver()
    message = house.sink.messages()[-1]
    text, calendar = message.iter_parts()
    return text.get_content(), calendar.get_payload(decode=True)


@pytest.mark.parametrize("night", NIGHTS)
async def test_an_invitation_names_the_moment_and_two_calendars_read_it(house, night):
    begins, ends = map(datetime.fromisoformat, NIGHTS[night][:2])
    text, raw = await mailed(house, begins, ends)
    assert f"{NIGHTS[night][2]} (Suomen aikaa)" in text
    [event] = Calendar.from_ical(raw).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (begins, ends)
    theirs = vobject.readOne(raw.decode()).vevent
    assert (theirs.dtstart.value, theirs.dtend.value) == (begins, ends)
    assert theirs.dtend.value - theirs.dtstart.value == ends - begins >= timedelta(minutes=30)


@pytest.mark.parametrize(("zone", "hour"), [("Europe/Stockholm", 8), ("Europe/Oslo", 8), ("America/New_York", 2)])
async def test_somebody_in_another_zone_reads_their_own_clock(house, zone, hour):
    begins = datetime.fromisoformat("2027-11-24T07:15:00+00:00")
    text, raw = await mailed(house, begins, begins + timedelta(minutes=45))
    assert "24.11.2027 klo 9.15–10.00 (Suomen aikaa)" in text
    [event] = Calendar.from_ical(raw).walk("VEVENT")
    assert event["DTSTART"].dt.astimezone(ZoneInfo(zone)).hour == hour
