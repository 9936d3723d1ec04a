"""A team's rhythm: a year's meetings in one step, drafts changed from a day on, copies; shown before they are so."""

import re
from datetime import date, datetime, timedelta

import pytest
from tests.pages import at_pages, hidden

from multiagency.kernel.clock import HELSINKI, today
from multiagency.kernel.working_days import holidays, is_working_day

YEAR = today().year + 1


def weekday_from(day, weekday):
    while day.weekday() != weekday or not is_working_day(day):
        day += timedelta(days=1)
    return day


FIRST = weekday_from(date(YEAR, 1, 8), 1)
"""A Tuesday after Epiphany."""


async def rhythm(house, **changed):
    asked = {"team": await house.team(), "first_on": str(FIRST), "until": str(date(YEAR, 12, 31)), "every_weeks": "2"}
    return asked | {"starts": "9", "minutes": "120", "on_holiday": "skip"} | changed


async def made(house):
    rows = await house.fetch("SELECT * FROM meeting WHERE made_for IS NOT NULL ORDER BY starts_at, id")
    return [dict(row) | {"local": row["starts_at"].astimezone(HELSINKI)} for row in rows]


async def make(house, coordinator, **changed):
    asked = await rhythm(house, **changed)
    shown = (await coordinator.post("/meetings/year", 200, **asked)).text
    saved = asked | {name: hidden(shown)[name] for name in ("plan", "csrf")}
    await coordinator.post("/meetings/year", 303, **saved)
    return saved, shown


async def test_nothing_is_made_before_the_days_were_seen_and_then_all_of_them(house):
    coordinator = await at_pages(house, "coordinator")
    asked = await rhythm(house)
    shown = (await coordinator.post("/meetings/year", 200, **asked)).text
    assert await made(house) == []
    await coordinator.post("/meetings/year", 303, **asked, plan=hidden(shown)["plan"])
    meetings = await made(house)
    days = [FIRST + timedelta(weeks=2 * n) for n in range(27)]
    expected = [day for day in days if day.year == YEAR and day not in holidays(day.year)]
    assert [meeting["local"].date() for meeting in meetings] == expected
    assert {meeting["state"] for meeting in meetings} == {"planned"}
    for table in ("notice", "outbox", "invitation"):
        assert await house.fetch(f"SELECT FROM {table}") == []


async def test_nine_is_nine_before_and_after_the_clocks_change(house):
    await make(house, await at_pages(house, "coordinator"))
    meetings = await made(house)
    assert {f"{meeting['local']:%H:%M}" for meeting in meetings} == {"09:00"}
    assert len({meeting["local"].utcoffset() for meeting in meetings}) == 2
    assert {meeting["ends_at"] - meeting["starts_at"] for meeting in meetings} == {timedelta(hours=2)}


@pytest.mark.parametrize("on_holiday", ["skip", "before", "after"])
async def test_a_holiday_falls_out_or_moves_as_the_team_wishes(house, on_holiday):
    """Easter Monday, whichever day it is: the Monday rhythm meets it."""
    coordinator = await at_pages(house, "coordinator")
    easter_monday = next(
        day for day in sorted(holidays(YEAR)) if day.month in {3, 4} and day.weekday() == 0 and day.day != 1
    )
    first = easter_monday - timedelta(weeks=2)
    while not is_working_day(first):
        first -= timedelta(weeks=1)
    _, shown = await make(
        house, coordinator, first_on=str(first), until=str(easter_monday), every_weeks="1", on_holiday=on_holiday
    )
    days = [meeting["local"].date() for meeting in await made(house)]
    assert easter_monday not in days
    before = easter_monday - timedelta(days=4)  # Good Friday is a holiday too
    stands_in = {"skip": [], "before": [before], "after": [easter_monday + timedelta(days=1)]}[on_holiday]
    assert [day for day in days if abs((day - easter_monday).days) < 5] == stands_in
    assert ("Pyhä: jää pois" in shown) is (on_holiday == "skip")
    assert ("Pyhä: siirtyy" in shown) is (on_holiday != "skip")


async def test_the_same_year_made_twice_is_made_once(house):
    coordinator = await at_pages(house, "coordinator")
    saved, _ = await make(house, coordinator)
    before = await made(house)
    await coordinator.post("/meetings/year", 303, **saved)  # answered as it was
    assert await made(house) == before
    asked = await rhythm(house)
    answer = await coordinator.post("/meetings/year", 200, **asked)
    assert "On jo tehty" in answer.text
    await coordinator.post("/meetings/year", 422, **asked, plan=hidden(answer.text)["plan"])
    assert await made(house) == before


async def test_a_plan_that_came_out_otherwise_meanwhile_is_shown_again(house):
    coordinator = await at_pages(house, "coordinator")
    asked = await rhythm(house)
    seen = hidden((await coordinator.post("/meetings/year", 200, **asked)).text)["plan"]
    await make(house, coordinator, until=str(FIRST))
    answer = await coordinator.post("/meetings/year", 422, **asked, plan=seen)
    assert "Tarkista ne ja hyväksy uudelleen" in answer.text
    assert len(await made(house)) == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("first_on", "2020-01-07", "olisi jo alkanut"),
        ("first_on", str(date(YEAR, 1, 1)), "pyhä tai viikonloppu"),
        ("until", str(FIRST - timedelta(days=1)), "ensimmäisen kokouspäivän jälkeen"),
        ("until", str(FIRST + timedelta(days=400)), "enintään vuodeksi"),
        ("every_weeks", "0", "1–26"),
        ("every_weeks", "x", "luku numeroin"),
        ("starts", "25.00", "14.30"),
        ("minutes", "5000", "1–720"),
        ("on_holiday", "never", "skip"),
        ("team", "01a20000-0000-7000-8000-000000000000", "työryhmä"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_made(house, field, value, said):
    coordinator = await at_pages(house, "coordinator")
    answer = await coordinator.post("/meetings/year", 422, **await rhythm(house, **{field: value}))
    assert f'href="#{field}"' in answer.text
    assert said in answer.text
    assert await made(house) == []


async def drafts(house, coordinator, **asked):
    asked = {"team": await house.team()} | asked
    shown = (await coordinator.post("/meetings/drafts", 200, **asked)).text
    await coordinator.post("/meetings/drafts", 303, **asked, plan=hidden(shown)["plan"])
    return shown


async def test_from_a_day_on_drafts_get_another_weekday_and_time_and_opened_ones_stay(mailing_house):
    house = mailing_house
    coordinator = await at_pages(house, "coordinator")
    await make(house, coordinator, until=str(FIRST + timedelta(weeks=8)))
    one, *_, last = await made(house)
    case = await house.submitted()
    api = await house.person("coordinator")
    await api.post(f"/meetings/{last['reference']}/agenda", {"case": case})
    await house.seat(last["reference"], case, "Heikki")
    await api.post(f"/meetings/{last['reference']}/opening", expect=200)
    shown = await drafts(
        house,
        coordinator,
        from_on=str(FIRST + timedelta(days=1)),
        what="move",
        weekday="3",
        starts="13.15",
        minutes="90",
    )
    assert "Kutsut on lähetetty: ei muutu" in shown
    after = {row["id"]: row for row in await made(house)}
    assert after.pop(one["id"])["starts_at"] == one["starts_at"]
    assert after.pop(last["id"])["starts_at"] == last["starts_at"]
    assert {f"{row['local']:%w %H:%M}" for row in after.values()} == {"4 13:15"}
    assert {row["ends_at"] - row["starts_at"] for row in after.values()} == {timedelta(minutes=90)}
    assert len(await house.fetch("SELECT FROM outbox WHERE purpose = 'request'")) == 1
    usual = (await coordinator.get("/meetings/year")).text
    assert 'value="13.15"' in usual


async def test_drafts_with_cases_on_their_agenda_are_not_cancelled_with_the_others(house):
    coordinator = await at_pages(house, "coordinator")
    await make(house, coordinator, until=str(FIRST + timedelta(weeks=6)))
    first, *_ = await made(house)
    case = await house.submitted()
    await (await house.person("coordinator")).post(f"/meetings/{first['reference']}/agenda", {"case": case})
    shown = await drafts(house, coordinator, from_on=str(FIRST), what="cancel")
    assert "Esityslistalla on asioita" in shown
    assert [row["state"] for row in await made(house)] == ["planned", "cancelled", "cancelled", "cancelled"]
    await make(house, coordinator, until=str(FIRST + timedelta(weeks=6)), every_weeks="1")
    assert len([row for row in await made(house) if row["state"] == "planned"]) >= 6


async def test_a_copy_takes_length_and_team_and_nothing_about_clients(house):
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki")
    coordinator = await at_pages(house, "coordinator")
    before = {table: await house.fetch(f"SELECT id FROM {table}") for table in ("agenda_item", "seat", "access_grant")}
    starts = datetime.combine(FIRST, datetime.min.time()).isoformat()[:10] + "T09:00"
    answer = await coordinator.post(f"/meetings/{meeting}/copy", 303, starts_at=starts)
    copied = re.search(r"/meetings/([^/#?]+)$", answer.headers["location"])[1]
    row = (await house.fetch("SELECT * FROM meeting WHERE reference = $1", copied))[0]
    assert (row["state"], row["ends_at"] - row["starts_at"]) == ("planned", timedelta(hours=1))
    for table, rows in before.items():
        assert await house.fetch(f"SELECT id FROM {table}") == rows, table


async def test_only_who_coordinates_the_team_makes_its_meetings(house):
    asked = await rhythm(house)
    for login in ("officer", "municipality", "auditor"):
        await (await at_pages(house, login)).post("/meetings/year", 403, **asked)
        await (await at_pages(house, login)).get("/meetings/drafts", 403)
