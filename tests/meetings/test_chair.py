"""The chair: leads a meeting, sees no more for it, and leads a case only on a living seat of their own."""

import asyncio

import asyncpg
import pytest
from tests import full_case
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages, words
from tests.web.statements import Statements, warm

from multiagency.demo import story
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

LOGINS = ("police", "municipality", "coordinator-2", "officer")


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


async def begun(house):
    """Two cases in an open meeting that begins in five minutes. Jouni chairs it and has a seat at the first only."""
    first, second = await house.submitted(), await house.submitted()
    meeting = await house.meeting(first, second)
    for case, name in ((first, "Jouni"), (first, "Heikki"), (second, "Heikki")):
        await house.seat(meeting, case, name)
    coordinator = await house.person("coordinator")
    await coordinator.put(f"/meetings/{meeting}/chair", {"post": await house.post_of("Jouni")})
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    return {"first": first, "second": second, "meeting": meeting}


@pytest.fixture
def house(staged_house):
    return staged_house


@pytest.fixture
async def jouni(house):
    return await house.person("police")


@pytest.fixture
def run(meeting):
    return f"/meetings/{meeting}/run"


async def press(person, run, what, turn, expect=204):
    return await person.post(run, {"press": what, "turn": turn}, expect)


async def page_of(house, login, meeting, expect=200):
    return (await (await at_pages(house, login)).get(f"/meetings/{meeting}/chair", expect)).text


# Who leads.


async def test_whoever_makes_a_meeting_leads_it_until_another_is_named(house, first):
    mine = await house.meeting()
    row = (await house.fetch("SELECT chair_id::text FROM meeting WHERE reference = $1", mine))[0]
    assert row["chair_id"] == await house.post_of("Paula")
    await page_of(house, "coordinator", mine)
    await page_of(house, "police", mine, 404)


async def test_being_named_is_told_and_gives_no_sight(house, coordinator):
    """Of a meeting where nobody of the agency sits: neither its case, nor who sits there, nor whose it is."""
    second = await house.submitted()
    other = await house.meeting(second, minutes=90)
    await coordinator.put(f"/meetings/{other}/chair", {"post": await house.post_of("Jouni")})
    jouni = await house.person("police")
    assert "chair_named" in [row["what"] for row in await jouni.get("/notices")]
    await jouni.get(f"/cases/{second}", 404)
    told = await jouni.get(f"/meetings/{other}/run")
    assert [item["led_by"] for item in told["items"]] == ["coordinator"]
    assert second not in str(told)
    text = await page_of(house, "police", other)
    assert second not in text
    assert not [secret for secret in map(str, story.SECRETS) if secret in text and len(secret) > 5]
    async with house.as_role("app", await secret_of(house, "police")) as connection:
        assert (
            await connection.fetch(
                "SELECT FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id WHERE m.reference = $1", other
            )
            == []
        )


async def test_the_chair_stays_once_the_meeting_has_begun(house, coordinator, meeting, run):
    anne = {"post": await house.post_of("Sanna")}
    await coordinator.put(f"/meetings/{meeting}/chair", {"post": "01a20000-0000-7000-8000-000000000000"}, 422)
    await coordinator.put(f"/meetings/{meeting}/chair", anne)
    await coordinator.put(f"/meetings/{meeting}/chair", {"post": await house.post_of("Jouni")})
    await press(coordinator, run, "begin", 0)
    problem = await coordinator.put(f"/meetings/{meeting}/chair", anne, 409)
    assert "has_begun" in problem["type"]
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE meeting SET chair_id = NULL")


async def test_nobody_else_comes_near(house, meeting, run):
    for login in ("municipality", "officer", "county"):
        person = await house.person(login)
        await person.get(run, 404)
        await press(person, run, "begin", 0, 404)
        await page_of(house, login, meeting, 404)
    for login in ("auditor", "administrator", "supervisor"):
        await (await house.person(login)).get(run, 403)


# Running it.


async def test_the_chair_runs_where_they_sit_and_the_coordinator_where_they_do_not(
    house, jouni, coordinator, meeting, run, first, second
):
    """The chair's Next begins the coordinator's case too; there the page says nothing of whose it is."""
    await press(jouni, run, "begin", 0)
    text = await page_of(house, "police", meeting)
    assert story.CLIENT["name"] in text
    assert says("chair.kept_next") in text
    await press(jouni, run, "next", 1)
    text = await page_of(house, "police", meeting)
    assert second not in text
    assert story.CLIENT["name"] not in words(text)
    assert says("chair.coordinator_leads") in text
    for what in ("next", "more", "pause"):
        assert "coordinator_leads" in (await press(jouni, run, what, 2, 409))["type"]
    assert second in await page_of(house, "coordinator", meeting)
    await press(coordinator, run, "next", 2)
    rows = await house.fetch("SELECT handled_at, begun_by_id, handled_by_id FROM agenda_item ORDER BY position")
    assert all(row["handled_at"] for row in rows)
    assert str(rows[0]["handled_by_id"]) == str(rows[1]["begun_by_id"]) == await house.post_of("Jouni")
    assert says("chair.all_handled") in await page_of(house, "police", meeting)


@pytest.mark.parametrize("ended", ["bar", "bar alone", "conflict", "seat", "basis", "post"])
async def test_whatever_ends_their_sight_ends_their_leading(house, jouni, coordinator, meeting, run, first, ended):
    await press(jouni, run, "begin", 0)
    if ended == "bar":
        bar = {"post": await house.post_of("Jouni"), "reason": "conflict_of_interest"}
        await coordinator.post(f"/cases/{first}/bars", bar)
    elif ended == "bar alone":  # the seat lives on, as in a race
        await house.fetch(
            "INSERT INTO access_bar (id, case_id, person_id, reason, valid_from) SELECT gen_random_uuid(), c.id, "
            "p.person_id, 'must_never_be_told', now() FROM case_file c, post p WHERE c.reference = $1 AND p.id = $2",
            first,
            await house.post_of("Jouni"),
        )
    elif ended == "conflict":
        await jouni.post(f"/cases/{first}/conflict", {"reason": "own_interest"})
    elif ended == "seat":
        seat = {"case": first, "post": await house.post_of("Jouni")}
        await coordinator.post(f"/meetings/{meeting}/seats/removal", seat, 204)
    elif ended == "basis":  # row security alone: the seat lives on, as in a race
        await house.fetch("UPDATE lawful_basis SET ended_at = now() WHERE reason = 'consent'")
    else:
        await house.fetch("UPDATE post SET valid_to = now() WHERE id = $1", await house.post_of("Jouni"))
    if ended == "post":
        await press(jouni, run, "next", 1, 401)
        return
    assert first not in await page_of(house, "police", meeting)
    assert "coordinator_leads" in (await press(jouni, run, "next", 1, 409))["type"]
    async with house.as_role("app", await secret_of(house, "police")) as connection:
        assert await connection.fetch("SELECT chaired_items()") == []
    await press(coordinator, run, "next", 1)


async def test_an_observer_hears_and_leads_nothing(house, jouni, meeting, run, first):
    observing = {"post": await house.post_of("Jouni"), "observes": "true"}
    await (await at_pages(house, "coordinator")).post(f"/meetings/{meeting}/cases/{first}/observers", **observing)
    await jouni.get(f"/cases/{first}")
    assert "coordinator_leads" in (await press(jouni, run, "begin", 0, 409))["type"]
    await (await at_pages(house, "coordinator")).post(
        f"/meetings/{meeting}/cases/{first}/observers", post=await house.post_of("Jouni"), observes="false"
    )
    await press(jouni, run, "begin", 0)


async def test_two_who_press_next_at_once_do_it_once(house, jouni, coordinator, meeting, run):
    await press(jouni, run, "begin", 0)
    answers = await asyncio.gather(
        *(
            house.http.post(f"/api/v1{run}", json={"press": "next", "turn": 1}, headers=person._headers)
            for person in (jouni, coordinator)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    rows = await house.fetch(
        "SELECT begun_at IS NOT NULL AS begun, handled_at IS NOT NULL AS over FROM agenda_item ORDER BY position"
    )
    assert [tuple(row) for row in rows] == [(True, True), (True, False)]
    assert "moved_on" in (await press(coordinator, run, "next", 1, 409))["type"]
    refused = await (await at_pages(house, "coordinator")).post(f"/meetings/{meeting}/chair", 422, press="next", turn=1)
    assert says("chair.moved_on") in refused.text


async def test_there_is_a_way_back_until_somebody_has_entered_the_next_room(house, coordinator, run, meeting, second):
    await press(coordinator, run, "begin", 0)
    assert "no_way_back" in (await press(coordinator, run, "back", 1, 409))["type"]
    await press(coordinator, run, "next", 1)
    await press(coordinator, run, "back", 2)
    turns = (await coordinator.get(run))["items"]
    assert turns[0]["handled_at"] is None
    assert turns[1]["begun_at"] is None
    await press(coordinator, run, "next", 3)
    await house.fetch(
        "INSERT INTO room_presence (id, case_id, controller_id, retention_class, seat_id, entered_at) "
        "SELECT gen_random_uuid(), s.case_id, s.controller_id, 'x', s.id, clock_timestamp() FROM seat s "
        "JOIN case_file c ON c.id = s.case_id WHERE c.reference = $1",
        second,
    )
    assert "no_way_back" in (await press(coordinator, run, "back", 4, 409))["type"]


async def test_an_interrupted_case_waits_and_is_begun_again(coordinator, run):
    assert "not_running" in (await press(coordinator, run, "pause", 0, 409))["type"]
    await press(coordinator, run, "begin", 0)
    assert "is_running" in (await press(coordinator, run, "begin", 1, 409))["type"]
    await press(coordinator, run, "pause", 1)
    await press(coordinator, run, "begin", 2)
    assert (await coordinator.get(run))["items"][0]["begun_at"] is not None


async def test_five_minutes_more_are_the_teams_number(house, coordinator, run):
    await press(coordinator, run, "begin", 0)
    await press(coordinator, run, "more", 1)
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from) "
        "SELECT gen_random_uuid(), 'marak', 'more_case_minutes', id, 7, now() FROM team"
    )
    await press(coordinator, run, "more", 2)
    rows = await house.fetch("SELECT more_minutes FROM agenda_item ORDER BY position")
    assert [row["more_minutes"] for row in rows] == [12, 0]


async def test_a_meeting_begins_when_its_rooms_open_and_not_before(house, coordinator, run):
    await house.fetch("UPDATE meeting SET starts_at = now() + interval '16 minutes', ends_at = now() + interval '2 h'")
    assert "not_now" in (await press(coordinator, run, "begin", 0, 409))["type"]
    await house.fetch("UPDATE meeting SET starts_at = now() + interval '14 minutes'")
    await press(coordinator, run, "begin", 0)


async def test_each_press_is_an_entry_about_each_case_it_touched(house, jouni, run, first, second):
    await press(jouni, run, "begin", 0)
    await press(jouni, run, "next", 1)
    rows = await house.fetch(
        "SELECT d.case_reference FROM audit_entry e JOIN audit_detail d ON d.entry_id = e.id "
        "WHERE d.act = 'chair_meeting' AND d.mode = 'write'"
    )
    assert sorted(row["case_reference"] for row in rows) == sorted([first, first, second])


async def test_nobody_presses_past_the_function(house, coordinator, run):
    """What it writes is granted to nobody: not even to who coordinates the case."""
    await press(coordinator, run, "begin", 0)
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        for change in ("begun_at = NULL", "handled_at = now()", "more_minutes = 99"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute(f"UPDATE agenda_item SET {change}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute("UPDATE meeting SET turn = 0")
    async with house.as_role("app", await secret_of(house, "municipality")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM meeting") == 1
        assert await connection.fetch("SELECT s.* FROM meeting m, run_sheet(m.id) s") == []
        assert await connection.fetch("SELECT s.* FROM meeting m, press_run(m.id, 'next', 1, 0, 'hand') s") == []
        assert await connection.fetchval("SELECT run_mark(m.id, 15) FROM meeting m") is None


async def test_whoever_referred_a_case_leads_it_only_on_a_seat(house, coordinator, first):
    """They may read it where they read it; at the head of the table that is no seat."""
    other = await house.submitted()
    meeting = await house.meeting(other, minutes=1)
    await house.seat(meeting, other, "Heikki")
    await coordinator.put(f"/meetings/{meeting}/chair", {"post": await house.post_of("Elina")})
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    await press(coordinator, f"/meetings/{meeting}/run", "begin", 0)
    text = await page_of(house, "officer", meeting)
    assert says("chair.coordinator_leads") in text
    assert story.CLIENT["name"] not in text
    await house.seat(meeting, other, "Elina")
    assert story.CLIENT["name"] in await page_of(house, "officer", meeting)
    await press(await house.person("officer"), f"/meetings/{meeting}/run", "next", 1)


async def test_the_page_asks_no_more_where_there_is_more_to_show(house, coordinator, meeting, run, first, second):
    more = [await house.submitted(consent=full_case.AGENCIES) for _ in range(2)]
    await press(coordinator, run, "begin", 0)
    await warm(house)
    statements, path = Statements(house), f"/meetings/{meeting}/chair"
    visitor = await at_pages(house, "coordinator")

    async def asked():
        statements.begin()
        await visitor.get(path)
        return statements.end("GET /meetings/{meeting}/chair", "coordinator")

    try:
        few = await asked()
        for case in more:
            await coordinator.post(f"/meetings/{meeting}/agenda", {"case": case})
        posts = await full_case.more_posts(house, 6)
        filling = {"case": [first, second, *more], "post": posts, "others": True}
        await coordinator.post(f"/meetings/{meeting}/filling", filling, 204)
        await house.fetch(
            "INSERT INTO room_presence (id, case_id, controller_id, retention_class, seat_id, entered_at) "
            "SELECT gen_random_uuid(), case_id, controller_id, 'x', id, now() FROM seat"
        )
        assert await asked() <= few
    finally:
        statements.leave()
    assert statements.beyond() == [], "\n".join(statements.beyond())


async def test_a_meeting_that_is_run_is_neither_moved_nor_cancelled(coordinator, meeting, run):
    """Cases that were handled would wait anew, and calendars tell of another time."""
    await press(coordinator, run, "begin", 0)
    problem = await coordinator.post(f"/meetings/{meeting}/cancellation", {"reason": "other"}, 409)
    assert "is_run" in problem["type"]


async def test_the_chair_finds_the_meeting_on_their_first_page(house, meeting):
    for login, finds in (("police", True), ("municipality", False), ("coordinator", False)):
        text = (await (await at_pages(house, login)).get("/")).text
        assert (f'href="/meetings/{meeting}/chair"' in text) is finds, login
