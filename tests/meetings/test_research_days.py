"""Silence is never an answer: until when agencies answer what they know, who is reminded, and what moves the day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.meetings import test_research
from tests.meetings.test_moving import refused_as, times
from tests.meetings.test_research import DAYS_AHEAD, answer, ask, own, says, states, withdraw
from tests.pages import at_pages

from multiagency.kernel.clock import to_helsinki
from multiagency.kernel.working_days import working_days_earlier, working_days_later
from multiagency.meetings.jobs_research import remind_of_research

LOGINS, begun = test_research.LOGINS, test_research.begun


@pytest.fixture
def house(staged_house):
    return staged_house


async def overdue(house):
    await house.fetch("UPDATE research_request SET due_on = current_date - 2, asked_at = now() - interval '9 days'")


async def test_silence_is_never_nothing_known(house, first, meeting):
    await overdue(house)
    assert set((await states(house, meeting, first)).values()) == {"late"}
    coordinator = await at_pages(house, "coordinator")
    for path in (f"/meetings/{meeting}/cases/{first}/research", f"/meetings/{meeting}"):
        text = (await coordinator.get(path)).text
        assert says("research.state.nothing_known") not in text
    text = (await coordinator.get(f"/meetings/{meeting}/cases/{first}/research")).text
    assert says("research.state.late") in text
    assert says("research.silence") in text
    assert says("research.late_many", count=3) in (await coordinator.get(f"/meetings/{meeting}")).text
    await house.begin(meeting)
    assert {row["state"] for row in (await own(house, meeting, first))["table"]} == {"late"}


async def test_missing_returns_are_on_the_coordinators_first_page_and_the_answered_ones_counted(house, first, meeting):
    coordinator = await at_pages(house, "coordinator")
    place = f"/meetings/{meeting}/cases/{first}/research"
    assert place not in (await coordinator.get("/")).text
    await overdue(house)
    home = (await coordinator.get("/")).text
    assert place in home
    assert "Vastaamatta 3." in home
    await answer(house, meeting, first, "municipality", "nothing_known")
    assert "Vastaamatta 2." in (await coordinator.get("/")).text
    assert "1/3" in (await coordinator.get(f"/meetings/{meeting}")).text
    for login in ("police", "county"):
        await answer(house, meeting, first, login, "known")
    assert place not in (await coordinator.get("/")).text
    assert "3/3" in (await coordinator.get(f"/meetings/{meeting}")).text


async def test_the_last_day_is_so_many_working_days_before_the_meeting_as_the_team_says(house, first, meeting):
    days = to_helsinki(datetime.now(UTC) + timedelta(days=DAYS_AHEAD)).date()
    [row] = await house.fetch("SELECT DISTINCT due_on FROM research_request")
    assert row["due_on"] == working_days_earlier(days, 3)
    await withdraw(house, meeting, first)
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, value, valid_from) "
        "VALUES (gen_random_uuid(), 'marak', 'research_working_days', 5, now() - interval '1 day')"
    )
    assert (await ask(house, meeting, first))["due_on"] == str(working_days_earlier(days, 5))


def test_the_last_day_skips_weekends_and_holidays():
    assert working_days_earlier(date(2026, 12, 28), 3) == date(2026, 12, 21)
    assert working_days_earlier(date(2027, 1, 7), 1) == date(2027, 1, 5)
    assert working_days_earlier(date(2027, 1, 7), 0) == date(2027, 1, 7)


async def test_asked_late_an_agency_has_until_the_next_working_day_or_the_meeting(house):
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki")
    asked = await ask(house, meeting, case)
    meets = to_helsinki(datetime.now(UTC) + timedelta(minutes=5)).date()
    assert asked["due_on"] == str(meets)
    await (await house.person("coordinator")).post(
        f"/meetings/{meeting}/time", times(days=2) | {"reason": "people_away"}
    )
    tomorrow = working_days_later(to_helsinki(datetime.now(UTC)).date(), 1)
    [row] = await house.fetch(
        "SELECT due_on FROM research_request r JOIN case_file c ON c.id = r.case_id WHERE c.reference = $1", case
    )
    assert row["due_on"] == min(tomorrow, to_helsinki(datetime.now(UTC) + timedelta(days=2)).date())


async def test_a_meeting_that_moves_keeps_the_answers_and_moves_the_last_day(house, first, meeting):
    await answer(house, meeting, first, "municipality", "known")
    before = await house.fetch("SELECT due_on FROM research_request WHERE returned_at IS NOT NULL")
    wanted = times(days=30)
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/time", wanted | {"reason": "people_away"})
    assert (await states(house, meeting, first))["Municipality"] == "known"
    due = working_days_earlier(to_helsinki(datetime.fromisoformat(wanted["starts_at"])).date(), 3)
    rows = await house.fetch("SELECT due_on, returned_at FROM research_request")
    assert {row["due_on"] for row in rows if row["returned_at"] is None} == {due}
    assert {row["due_on"] for row in rows if row["returned_at"]} == {before[0]["due_on"]}


async def test_the_last_day_moves_also_in_a_case_that_is_kept_from_whoever_moves_the_meeting(house, first, meeting):
    bar = {"post": await house.post_of("Outi"), "reason": "conflict_of_interest"}
    await (await house.person("coordinator")).post(f"/cases/{first}/bars", bar)
    wanted = times(days=30)
    await (await house.person("coordinator-2")).post(f"/meetings/{meeting}/time", wanted | {"reason": "people_away"})
    due = working_days_earlier(to_helsinki(datetime.fromisoformat(wanted["starts_at"])).date(), 3)
    assert {row["due_on"] for row in await house.fetch("SELECT due_on FROM research_request")} == {due}


async def told_of(house, what):
    rows = await house.fetch(
        "SELECT p.name FROM notice n JOIN post o ON o.id = n.post_id JOIN person p ON p.id = o.person_id "
        "WHERE n.what = $1 ORDER BY p.name",
        what,
    )
    return [row["name"].split()[0] for row in rows]


async def remind(house):
    return await remind_of_research(house.runtime, await house.service())


async def test_who_has_not_answered_is_reminded_once_before_the_last_day(house, first, meeting):
    assert await remind(house) == 0
    tomorrow = working_days_later(to_helsinki(datetime.now(UTC)).date(), 1)
    await house.fetch("UPDATE research_request SET due_on = $1", tomorrow)
    assert await remind(house) == 0  # whoever was asked today need not be reminded
    await house.fetch("UPDATE research_request SET asked_at = now() - interval '9 days'")
    await answer(house, meeting, first, "police", "known")
    assert await remind(house) == 1
    assert await told_of(house, "research_due") == ["Heikki", "Sanna"]
    assert await remind(house) == 0
    assert "research_due" in str(await (await house.person("municipality")).get("/notices"))
    await answer(house, meeting, first, "municipality", "nothing_known")
    assert "research_due" not in str(unread(await (await house.person("municipality")).get("/notices")))


def unread(notices):
    return [notice for notice in notices if not notice.get("read_at")]


async def test_whoever_coordinates_is_told_once_that_returns_are_missing_until_all_are_there(house, first, meeting):
    await overdue(house)
    assert await remind(house) == 1
    assert await told_of(house, "research_missing") == ["Outi", "Paula"]
    assert await remind(house) == 0
    coordinator = await house.person("coordinator")
    assert "research_missing" in str(await coordinator.get("/notices"))
    for login in ("municipality", "police", "county"):
        await answer(house, meeting, first, login, "known")
    assert "research_missing" not in str(await coordinator.get("/notices"))


async def test_nobody_is_reminded_once_the_meeting_has_begun(house, first, meeting):
    await overdue(house)
    await house.begin(meeting)
    assert await remind(house) == 0
    assert "research" not in str(await (await house.person("municipality")).get("/notices"))


async def test_research_is_asked_of_who_is_invited_and_before_the_meeting_begins(house, first, meeting):
    case = await house.submitted()
    planned = await house.meeting(case)
    await house.seat(planned, case, "Heikki")
    assert refused_as(await ask(house, planned, case, 409), "research.not_open")
    await (await house.person("coordinator")).post(f"/meetings/{planned}/opening", expect=200)
    await house.begin(planned)
    assert refused_as(await ask(house, planned, case, 409), "research.begun")
    assert refused_as(await ask(house, meeting, first, 409), "research.nobody_to_ask")
