"""The private calendar feed: off by default, times and one word, and over with post or seat."""

import re
from datetime import UTC, datetime

import pytest
from icalendar import Calendar
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

HERE = "/invitations/calendar"


@pytest.fixture
def house(mailing_house):
    return mailing_house


async def switched_on(house, login="municipality"):
    shown = (await (await at_pages(house, login)).post(HERE, expect=200)).text
    return re.search(r"<code>http://127.0.0.1:8000(/calendar/[\w-]{43})</code>", shown)[1]


async def fetch(house, path, expect=200):
    await house.fetch("UPDATE calendar_feed SET fetched_at = NULL")
    response = await house.http.get(path)
    assert response.status_code == expect, response.text
    return response


async def events(house, path):
    response = await fetch(house, path)
    assert response.headers["content-type"].startswith("text/calendar")
    assert "no-store" in response.headers["cache-control"]
    return Calendar.from_ical(response.content).walk("VEVENT")


async def test_it_is_off_until_its_person_switches_it_on(house):
    heikki = await at_pages(house, "municipality")
    assert "Osoite ei ole käytössä." in (await heikki.get(HERE)).text
    assert await house.fetch("SELECT FROM calendar_feed") == []
    await fetch(house, "/calendar/" + "x" * 43, expect=404)


async def test_it_holds_the_times_of_ones_own_meetings_and_one_constant_word(house):
    meeting = await house.opened(await house.submitted(), "Heikki")
    await house.deliver()
    path = await switched_on(house)
    [event] = await events(house, path)
    [row] = await house.fetch("SELECT m.starts_at, m.ends_at, i.uid FROM invitation i JOIN meeting m ON true")
    assert event["DTSTART"].dt == row["starts_at"].replace(microsecond=0)
    assert event["DTEND"].dt == row["ends_at"].replace(microsecond=0)
    assert set(event) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS"}
    assert str(event["SUMMARY"]) == "Kokousaika"
    text = (await fetch(house, path)).text
    for hidden in (row["uid"], meeting, "/j/", "marak", "MARAK", "heikki"):
        assert hidden not in text
    assert str(event["UID"]) in text.replace("\r\n ", "")


async def test_nobody_elses_meetings_stand_in_it(house):
    await house.opened(await house.submitted(), "Sanna")
    assert await events(house, await switched_on(house)) == []


async def test_only_the_hash_of_its_address_is_kept_and_the_page_shows_it_once(house):
    path = await switched_on(house)
    secret = path.rpartition("/")[2]
    page = (await (await at_pages(house, "municipality")).get(HERE)).text
    assert secret not in page
    assert "Osoite on käytössä." in page
    tables = await house.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for row in tables:
        kept = await house.fetch(f'SELECT * FROM "{row["tablename"]}"')
        assert secret not in str([dict(each) for each in kept])


async def test_a_new_address_ends_the_old_one_and_switching_off_ends_both(house):
    old = await switched_on(house)
    new = await switched_on(house)
    await fetch(house, old, expect=404)
    await fetch(house, new)
    await (await at_pages(house, "municipality")).post(f"{HERE}/off")
    await fetch(house, new, expect=404)


async def test_it_ends_with_the_post(house):
    path = await switched_on(house)
    await house.fetch("UPDATE post SET valid_to = now() WHERE id = $1", await house.post_of("Heikki"))
    await fetch(house, path, expect=404)


ENDS = {
    "the seat": "UPDATE seat SET ended_at = now()",
    "the grant": "UPDATE access_grant SET ended_at = now() WHERE occasion = 'seat'",
    "the basis": "UPDATE lawful_basis SET ended_at = now()",
    "the invitation": "UPDATE invitation SET cancelled_at = now()",
    "the answer": "UPDATE invitation SET answer = 'declined'",
    "the meeting": "UPDATE meeting SET state = 'cancelled'",
    "its time": "UPDATE meeting SET starts_at = now() - interval '2 h', ends_at = now() - interval '1 h'",
}


@pytest.mark.parametrize("what", ENDS)
async def test_a_meeting_leaves_it_with(house, what):
    await house.opened(await house.submitted(), "Heikki")
    path = await switched_on(house)
    assert len(await events(house, path)) == 1
    await house.fetch(ENDS[what])
    assert await events(house, path) == []


async def test_each_fetch_is_logged_and_names_nobody_in_the_clear(house):
    path = await switched_on(house)
    await fetch(house, path)
    rows = await house.fetch("SELECT convert_from(body, 'UTF8') AS body FROM audit_entry")
    found = [row["body"] for row in rows if '"act":"fetch_feed"' in row["body"]]
    assert len(found) == 1
    assert await house.post_of("Heikki") not in found[0]
    assert path.rpartition("/")[2] not in str(await house.fetch("SELECT * FROM audit_detail"))


async def test_whoever_asks_again_at_once_waits(house):
    path = await switched_on(house)
    assert (await house.http.get(path)).status_code == 200
    assert (await house.http.get(path)).status_code == 429
    await house.fetch("UPDATE calendar_feed SET fetched_at = now() - interval '11 s'")
    assert (await house.http.get(path)).status_code == 200


async def test_at_the_sign_in_role_nothing_but_the_address_opens_it(house):
    await house.opened(await house.submitted(), "Heikki")
    await switched_on(house)
    async with house.as_role("signin") as connection:
        assert await connection.fetch("SELECT * FROM calendar_of(decode(repeat('00', 32), 'hex'))") == []
        assert await connection.fetch("SELECT * FROM calendar_of(NULL)") == []


NIGHTS = {
    "the hour that is skipped": ("2027-03-28T00:30:00+00:00", "2027-03-28T01:30:00+00:00"),
    "the first of the hour that is twice": ("2027-10-31T00:15:00+00:00", "2027-10-31T00:45:00+00:00"),
    "the second of the hour that is twice": ("2027-10-31T01:15:00+00:00", "2027-10-31T01:45:00+00:00"),
    "midnight": ("2027-05-01T20:30:00+00:00", "2027-05-01T21:30:00+00:00"),
}


@pytest.mark.parametrize("night", NIGHTS)
async def test_times_are_the_same_moments_in_whatever_zone_they_are_read(house, night):
    await house.opened(await house.submitted(), "Heikki")
    begins, ends = map(datetime.fromisoformat, NIGHTS[night])
    await house.fetch("UPDATE meeting SET starts_at = $1, ends_at = $2", begins, ends)
    [event] = await events(house, await switched_on(house))
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (begins, ends)
    assert event["DTSTART"].dt.tzinfo.utcoffset(None) == UTC.utcoffset(None)


async def test_the_database_shows_nobody_the_feed_of_another(house):
    await switched_on(house)
    seen = {}
    for login in ("municipality", "coordinator", "police"):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            seen[login] = await connection.fetchval("SELECT count(*) FROM calendar_feed")
            if login != "municipality":
                assert await connection.execute("DELETE FROM calendar_feed") == "DELETE 0"
    assert seen == {"municipality": 1, "coordinator": 0, "police": 0}
