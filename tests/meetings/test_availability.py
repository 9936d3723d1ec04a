"""When members can meet: theirs to say and to see; others are told whom a proposed time does not suit, and no more."""

from datetime import UTC, datetime, time, timedelta

import pytest
from tests.meetings.calendar_servers import answering, radicale, saying
from tests.meetings.test_busy_times import calendar
from tests.meetings.test_team_meetings import with_members
from tests.models import add_team
from tests.pages import at_pages

from multiagency.kernel.clock import HELSINKI, from_helsinki, today
from multiagency.kernel.working_days import is_working_day
from multiagency.meetings.jobs_availability import read_busy_times
from multiagency.meetings.reading_offices import said
from multiagency.meetings.reading_slots import ProposedTime, _best

DAY = next(day for day in (today() + timedelta(days=n) for n in range(7, 20)) if is_working_day(day))


def at(hour, minute=0):
    return from_helsinki(datetime.combine(DAY, time(hour, minute)))


def typed(hour, minute=0):
    return f"{DAY}T{hour:02}:{minute:02}"


def stamp(hour, minute=0):
    return f"{at(hour, minute):%Y%m%dT%H%M%SZ}"


def busy(one, two, uid="a@x"):
    lines = [f"DTSTART:{stamp(one)}", f"DTEND:{stamp(two)}", "SUMMARY:Salainen kokous", "LOCATION:Salainen paikka"]
    return calendar(*lines).replace(b"UID:a@x", f"UID:{uid}".encode())


async def read(house):
    return await read_busy_times(house.runtime, await house.service())


async def set_calendar(house, who, address, kind="ics", **more):
    await (await at_pages(house, who)).post("/availability/calendar", kind=kind, address=address, **more)


async def propose(house, login="coordinator", expect=200, **changed):
    form = {"team": await house.team(), "from_on": str(DAY), "minutes": "60", "earliest": "9", "latest": "12"}
    return (await (await at_pages(house, login)).post("/meetings/slots", expect, **form | changed)).text


async def test_what_one_says_is_ones_own(house):
    heikki = await at_pages(house, "municipality")
    await heikki.post("/availability", starts_at=typed(9), ends_at=typed(11), can="no")
    assert "En pääse" in (await heikki.get("/availability")).text
    for login in ("police", "coordinator"):
        assert "Et ole kertonut ajoista mitään" in (await (await at_pages(house, login)).get("/availability")).text
        secret = (await house.person(login))._headers["cookie"].partition("=")[2]
        async with house.as_role("app", secret) as connection:
            for table in ("availability", "busy_source", "busy_time"):
                assert await connection.fetch(f"SELECT FROM {table}") == []
    row = str((await house.fetch("SELECT id FROM availability"))[0]["id"])
    await (await at_pages(house, "police")).post("/availability/removal", which=row)
    assert len(await house.fetch("SELECT FROM availability")) == 1
    await heikki.post("/availability/removal", which=row)
    assert await house.fetch("SELECT FROM availability") == []


@pytest.mark.parametrize(
    ("field", "value"), [("ends_at", typed(8)), ("ends_at", "2020-01-01T10:00"), ("starts_at", "x"), ("can", "maybe")]
)
async def test_a_wrong_time_is_named_and_nothing_is_kept(house, field, value):
    form = {"starts_at": typed(9), "ends_at": typed(11), "can": "no"} | {field: value}
    answer = await (await at_pages(house, "municipality")).post("/availability", 422, **form)
    assert f'href="#{field}"' in answer.text
    assert await house.fetch("SELECT FROM availability") == []


async def test_the_best_time_comes_first_and_says_who_would_be_missing_and_nothing_else(house):
    await with_members(house)
    heikki, jouni = await at_pages(house, "municipality"), await at_pages(house, "police")
    await heikki.post("/availability", starts_at=typed(9), ends_at=typed(10), can="no")
    await jouni.post("/availability", starts_at=typed(9, 30), ends_at=typed(10, 30), can="no")
    shown = (await propose(house, from_on=str(DAY))).partition("<tbody")[2].partition("</tbody>")[0]
    rows = shown.split("<tr")[1:]
    assert "klo 10.30" in rows[0]
    assert "Kaikilta käy" in rows[0]
    assert f">{DAY.day}.{DAY.month}.{DAY.year} klo 9.00" not in shown
    weeks = {"starts_at": typed(0), "ends_at": f"{DAY + timedelta(days=60)}T00:00"}
    await heikki.post("/availability", **weeks, can="no")
    rows = (await propose(house)).partition("<tbody")[2].split("<tr")[1:]
    assert rows
    assert all("Heikki" in row and "Jouni" not in row for row in rows)


def test_a_required_office_that_nobody_would_hold_weighs_more_than_people():
    one = ProposedTime(at(9), at(10), ("Jouni",), (("police",),))
    two = ProposedTime(at(13), at(14), ("Heikki", "Sanna"), ())
    assert _best([one, two]) == [two, one]


async def test_the_required_offices_of_the_teams_model_that_nobody_would_hold_are_named(house):
    team = await add_team(house, "ankkuri")
    member = "INSERT INTO team_member (team_id, post_id, valid_from) VALUES ($1, $2, now() - interval '1 day')"
    await house.fetch(member, team, await house.post_of("Jouni"))
    police = said("fi", ["police"])
    assert police not in (await propose(house, "ankkuri-coordinator", team=team)).partition("<tbody")[2]
    await (await at_pages(house, "police")).post(
        "/availability", starts_at=typed(0), ends_at=f"{DAY + timedelta(days=60)}T00:00", can="no"
    )
    assert police in (await propose(house, "ankkuri-coordinator", team=team)).partition("<tbody")[2]


async def test_only_who_coordinates_the_team_is_told_and_only_of_its_members(house):
    await with_members(house, "Heikki")
    await (await at_pages(house, "police")).post("/availability", starts_at=typed(9), ends_at=typed(12), can="no")
    assert "Jouni" not in (await propose(house)).partition("<tbody")[2]
    await propose(house, "municipality", 403)
    secret = (await house.person("municipality"))._headers["cookie"].partition("=")[2]
    async with house.as_role("app", secret) as connection:
        asked = "SELECT * FROM unavailable_in_team($1, now(), now() + interval '60 days')"
        assert await connection.fetch(asked, await house.team()) == []


@pytest.mark.parametrize(
    ("field", "value"), [("minutes", "0"), ("latest", "8"), ("from_on", "2199-01-01"), ("earliest", "99")]
)
async def test_a_wrong_question_is_answered_by_the_field(house, field, value):
    assert f'href="#{field}"' in await propose(house, expect=422, **{field: value})


async def test_a_real_caldav_server_tells_busy_times_and_no_title_is_kept(ground, tmp_path):
    with radicale(tmp_path) as (address, public, client):
        client.put(f"{address}one.ics", content=busy(9, 10)).raise_for_status()
        weekly = busy(11, 12, "b@x").replace(b"SUMMARY", b"RRULE:FREQ=DAILY;COUNT=2\r\nSUMMARY")
        client.put(f"{address}two.ics", content=weekly).raise_for_status()
        hosts = {"calendar_hosts": "localhost", "calendar_authorities": public}
        async with ground.house(**hosts) as house:
            await with_members(house)
            await set_calendar(house, "municipality", address, "caldav", login="heikki", password="salainen")
            assert await read(house) == 1
            rows = await house.fetch("SELECT * FROM busy_time ORDER BY starts_at")
            spans = [(row["starts_at"], row["ends_at"]) for row in rows]
            assert spans[:2] == [(at(9), at(10)), (at(11), at(12))]
            assert len(spans) == 3
            assert "Salainen" not in str([tuple(row) for row in rows])
            shown = await propose(house, earliest="9", latest="10")
            assert "<tbody" in shown
            assert f">{DAY.day}.{DAY.month}.{DAY.year} klo 9.00" not in shown
            client.delete(f"{address}one.ics").raise_for_status()
            await house.fetch("UPDATE busy_source SET asked_at = now() - interval '2 hours'")
            assert await read(house) == 1
            assert len(await house.fetch("SELECT FROM busy_time")) == 2
            await set_calendar(house, "municipality", address, "caldav", login="heikki", password="väärä")
            assert await read(house) == 0
            assert "ei päästänyt sisään" in (await (await at_pages(house, "municipality")).get("/availability")).text


async def test_a_calendar_by_its_address_is_read_once_an_hour_and_a_dead_one_keeps_what_was_known(ground, tmp_path):
    async with answering(tmp_path, saying(busy(9, 10))) as (port, public, asked):
        hosts = {"calendar_hosts": "localhost", "calendar_authorities": public}
        async with ground.house(**hosts) as house:
            await set_calendar(house, "municipality", f"https://localhost:{port}/a.ics")
            assert await read(house) == 1
            assert await read(house) == 0
            assert len(asked) == 1
            await house.fetch("UPDATE busy_source SET asked_at = now() - interval '2 hours'")
            house.runtime.tools.settings.__dict__["calendar_hosts"] = ""  # no longer listed
            assert await read(house) == 0
            assert len(await house.fetch("SELECT FROM busy_time")) == 1
            page = (await (await at_pages(house, "municipality")).get("/availability")).text
            assert "johtaa sisäverkkoon" in page
            await (await at_pages(house, "municipality")).post("/availability/calendar/ending")
            for table in ("busy_source", "busy_time"):
                assert await house.fetch(f"SELECT FROM {table}") == []


async def test_the_address_and_the_password_are_sealed_and_shown_to_nobody(house):
    address = "https://calendar.example/secret-part/basic.ics"
    await set_calendar(house, "municipality", address, login="heikki", password="hyvin-salainen")
    [row] = await house.fetch("SELECT * FROM busy_source")
    for told in (str(dict(row)), (await (await at_pages(house, "municipality")).get("/availability")).text):
        assert "secret-part" not in told
        assert "hyvin-salainen" not in told
    entries = await house.fetch("SELECT * FROM audit_entry")
    assert "secret-part" not in str([dict(entry) for entry in entries])
    wrong = {"kind": "ics", "address": "http://calendar.example/secret-part", "password": "hyvin-salainen"}
    refused = (await (await at_pages(house, "municipality")).post("/availability/calendar", 422, **wrong)).text
    assert "secret-part" not in refused
    assert "hyvin-salainen" not in refused


async def test_nobody_elses_key_opens_in_ones_own_session(house):
    await set_calendar(house, "municipality", "https://calendar.example/a.ics")
    for login, number in {"municipality": 1, "police": 0, "coordinator": 0}.items():
        secret = (await house.person(login))._headers["cookie"].partition("=")[2]
        async with house.as_role("app", secret) as connection:
            keys = await connection.fetch("SELECT FROM data_key WHERE retention_class LIKE 'calendar-%'")
            assert len(keys) == number, login


async def test_what_somebody_says_holds_before_their_calendar(house):
    await with_members(house, "Heikki")
    heikki = await house.post_of("Heikki")
    await house.fetch(
        "INSERT INTO busy_time VALUES (gen_random_uuid(), $1, $2, $3)", heikki, at(9).astimezone(UTC), at(12)
    )
    await (await at_pages(house, "municipality")).post(
        "/availability", starts_at=typed(9), ends_at=typed(10), can="yes"
    )
    secret = (await house.person("coordinator"))._headers["cookie"].partition("=")[2]
    async with house.as_role("app", secret) as connection:
        rows = await connection.fetch(
            "SELECT post_id, times FROM unavailable_in_team($1, $2, $3)", await house.team(), at(0), at(23)
        )
    [times] = [row["times"] for row in rows if str(row["post_id"]) == heikki]
    assert [(span.lower.astimezone(HELSINKI).hour, span.upper.astimezone(HELSINKI).hour) for span in times] == [
        (10, 12)
    ]
