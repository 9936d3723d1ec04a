"""Called at once: nothing leaves before ground and necessity are confirmed; who is on duty learns with the seat."""

import re
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

LOGINS = ("officer", "coordinator", "municipality", "municipality-2", "county", "officer-2")
WHY = "Uhka on välitön ja lapset ovat kotona."


def moment(hours):
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


async def begun(house):
    """A submitted case; Heikki and Sanna are covered by consent, Anne and Kari are not; all are on duty."""
    case = await house.submitted()
    for name in ("Heikki", "Sanna", "Anne", "Kari"):
        await on_duty(house, name)
    return {"case": case}


async def on_duty(house, name, hours=(-1, 8), expect=303):
    page = await at_pages(house, "coordinator")
    shift = {"post": await house.post_of(name), "starts_at": moment(hours[0]), "ends_at": moment(hours[1])}
    return await page.post(f"/duty/{await house.team()}", expect, **shift)


@pytest.fixture
def house(staged_house):
    return staged_house


@pytest.fixture
def case(stage):
    return stage.called["case"]


@pytest.fixture
async def officer(house):
    return await house.person("officer")


async def seat(house, name, ground="", why=WHY):
    return {"post": await house.post_of(name), "necessity": why, "ground": ground}


async def called(house, case, *seats, login="officer", expect=201, kinds=()):
    person = await house.person(login)
    body = {"seats": list(seats), "kinds": list(kinds)}
    return await person.post(f"/cases/{case}/urgent", body, expect)


def wrong(problem):
    return {error["field"] for error in problem["errors"]}


async def test_whoever_refers_a_case_calls_it_to_a_table_that_stands_at_once(house, case, officer):
    before = await (await house.person("municipality")).get("/cases")
    assert case not in str(before)
    meeting = (await called(house, case, await seat(house, "Heikki")))["meeting"]
    heikki = await at_pages(house, "municipality")
    assert "Liity" in (await heikki.get(f"/meetings/{meeting}/invitation")).text
    rooms = await house.fetch("SELECT state, ends_at - starts_at AS length FROM meeting WHERE reference = $1", meeting)
    assert [(row["state"], row["length"]) for row in rooms] == [("open", timedelta(minutes=60))]
    assert (await officer.get(f"/cases/{case}"))["stage"] == "on_agenda"
    own = await at_pages(house, "officer")
    assert "Liity" in (await own.get(f"/meetings/{meeting}/invitation")).text


async def test_the_coordinator_calls_it_too(house, case):
    meeting = (await called(house, case, await seat(house, "Heikki"), login="coordinator"))["meeting"]
    page = await at_pages(house, "coordinator")
    assert "Liity" in (await page.get(f"/meetings/{meeting}/invitation")).text


async def test_who_is_on_duty_knows_nothing_of_the_case_before_the_seat(house, case):
    heikki = await house.person("municipality")
    await heikki.get(f"/cases/{case}", 404)
    await heikki.post(f"/cases/{case}/urgent", {"seats": []}, 403)
    await (await house.person("officer-2")).post(f"/cases/{case}/urgent", {"seats": []}, 404)
    page = await at_pages(house, "municipality")
    for path in ("/", "/duty", f"/duty/{await house.team()}", "/notices"):
        assert case not in (await page.get(path)).text
    await called(house, case, await seat(house, "Sanna"))
    await heikki.get(f"/cases/{case}", 404)


async def test_nothing_leaves_without_words_of_necessity(house, case):
    problem = await called(house, case, await seat(house, "Heikki", why=""), await seat(house, "Sanna"), expect=422)
    assert wrong(problem) == {f"necessity-{await house.post_of('Heikki')}"}
    assert await house.fetch("SELECT 1 FROM meeting UNION ALL SELECT 1 FROM outbox WHERE purpose = 'request'") == []


async def test_whom_consent_does_not_cover_comes_on_a_ground_that_fits_and_sees_the_chosen_kinds(house, case):
    anne = await house.post_of("Anne")
    problem = await called(house, case, await seat(house, "Anne"), expect=422)
    assert wrong(problem) == {f"ground-{anne}"}
    problem = await called(house, case, await seat(house, "Anne", "PHTL-22"), expect=422)
    assert wrong(problem) == {"kinds"}
    await called(house, case, await seat(house, "Anne", "PHTL-22"), kinds=["identity"])
    kinds = await house.fetch("SELECT kinds FROM access_grant WHERE post_id = $1", anne)
    assert [set(row["kinds"]) for row in kinds] == [{"shell", "meeting", "minutes", "action", "identity"}]
    await (await house.person("municipality-2")).get(f"/cases/{case}")
    rows = await house.fetch(
        "SELECT g.code FROM seat_necessity n JOIN legal_ground g ON g.id = n.ground_id "
        "JOIN ground_sharing s ON s.case_id = n.case_id AND s.ground_id = g.id"
    )
    assert [row["code"] for row in rows] == ["PHTL-22"]


async def test_a_coordinator_shares_no_other_agencys_case_on_a_ground(house, case):
    problem = await called(
        house, case, await seat(house, "Anne", "PHTL-22"), kinds=["identity"], login="coordinator", expect=422
    )
    assert wrong(problem) == {"seats"}


async def test_who_is_barred_or_not_on_duty_is_not_called(house, case, officer):
    await officer.post(f"/cases/{case}/bars", {"post": await house.post_of("Heikki"), "reason": "conflict_of_interest"})
    page = (await (await at_pages(house, "officer")).get(f"/cases/{case}/urgent")).text
    assert re.search(r"Heikki Palojärvi[^<]*: päivystää, mutta ei voi osallistua", page)
    for name in ("Heikki", "Jouni"):
        assert wrong(await called(house, case, await seat(house, name), expect=422)) == {"seats"}


async def test_the_page_says_who_is_missing(house, case):
    page = (await (await at_pages(house, "coordinator")).get(f"/cases/{case}/urgent")).text
    assert "Kari Outakoski" in page
    assert "suostumus ei kata organisaatiota" in page
    assert "suostumus kattaa, mutta kukaan ei päivystä" in page  # police


async def test_a_draft_is_sent_first_and_a_called_case_is_not_called_twice(house, case):
    draft = await house.filled_draft()
    assert "team first" in (await called(house, draft, await seat(house, "Heikki"), expect=409))["title"]
    await called(house, case, await seat(house, "Heikki"))
    assert "already" in (await called(house, case, await seat(house, "Sanna"), expect=409))["title"]
    shown = (await (await at_pages(house, "officer")).get(f"/cases/{case}/urgent")).text
    assert WHY in shown
    assert "Heikki" in shown


async def test_once_that_meeting_is_over_the_case_can_be_called_anew(house, case):
    await called(house, case, await seat(house, "Heikki"))
    await house.fetch("UPDATE meeting SET starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'")
    await called(house, case, await seat(house, "Sanna"))


async def test_it_comes_off_the_agenda_where_it_waited_and_those_invited_are_told(house, case):
    meeting = await house.meeting(case)
    await house.seat(meeting, case, "Sanna")
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    await called(house, case, await seat(house, "Heikki"))
    rows = await house.fetch(
        "SELECT m.reference, a.ended_because FROM agenda_item a JOIN meeting m ON m.id = meeting_id"
    )
    assert {row["ended_because"] for row in rows if row["reference"] == meeting} == {"removed"}
    assert len(rows) == 2
    cancelled = await house.fetch(
        "SELECT i.cancelled_at FROM invitation i JOIN meeting m ON m.id = i.meeting_id WHERE m.reference = $1", meeting
    )
    assert all(row["cancelled_at"] for row in cancelled)


async def test_withdrawal_ends_the_seats_of_consent(house, case, officer):
    await called(house, case, await seat(house, "Heikki"))
    await officer.post(f"/cases/{case}/consent/withdrawal")
    await (await house.person("municipality")).get(f"/cases/{case}", 404)


async def test_why_somebody_was_called_is_read_by_those_who_steer_the_case_alone(house, case):
    await called(house, case, await seat(house, "Heikki"))
    for login, seen in (("officer", 1), ("coordinator", 1), ("municipality", 0), ("county", 0)):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert len(await connection.fetch("SELECT id FROM seat_necessity")) == seen, login


async def test_the_database_lets_a_referrer_seat_people_at_their_own_call_only(house, case):
    """SQL of whoever refers the case: no seat at an ordinary meeting, no call in another's name, no other team."""
    meeting = await house.opened(case, "Heikki")
    add_seat = (
        "INSERT INTO seat (id, case_id, controller_id, retention_class, agenda_item_id, post_id, reaches_client) "
        "SELECT gen_random_uuid(), a.case_id, current_agency(), 'x', a.id, current_post(), false "
        "FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id WHERE m.reference = $1"
    )
    call = (
        "INSERT INTO meeting (id, reference, team_id, starts_at, ends_at, state, urgently_called_by_id) "
        "SELECT gen_random_uuid(), 'X', c.team_id, now(), now() + interval '1 hour', 'open', $1::uuid FROM case_file c"
    )
    officer = await house.post_of("Elina")
    for statement, value in ((add_seat, meeting), (call, await house.post_of("Paula")), (call, None)):
        async with house.as_role("app", await secret_of(house, "officer")) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement, value)
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        assert await connection.execute(call, officer) == "INSERT 0 1"


async def test_a_shift_is_kept_by_who_coordinates_and_refused_with_the_reason(house):
    team, page = await house.team(), await at_pages(house, "coordinator")
    for hours, words in (
        ((2, 1), "päätyttävä alkamisensa jälkeen"),
        ((-3, -2), "on jo ohi"),
        ((1, 24 * 40), "enintään 31 päivää"),
        ((1, 3), "on jo vuoro samaan aikaan"),
    ):
        assert words in (await on_duty(house, "Heikki", hours, 422)).text
    other = await at_pages(house, "municipality")
    await other.post(f"/duty/{team}", 403, post=await house.post_of("Heikki"))
    shift = (await house.fetch("SELECT id FROM duty_shift LIMIT 1"))[0]["id"]
    await page.post(f"/duty/{team}/end", 303, shift=str(shift))
    await page.post(f"/duty/{team}/end", 303, shift=str(shift))
    assert str(shift) not in (await page.get(f"/duty/{team}")).text


async def test_a_shift_that_was_taken_back_or_whose_post_ended_calls_nobody(house, case):
    for change in (
        "UPDATE duty_shift SET ended_at = now() WHERE post_id = $1",
        "UPDATE post SET valid_to = now() WHERE id = $1",
    ):
        name = "Heikki" if "duty" in change else "Sanna"
        await house.fetch(change, await house.post_of(name))
        assert wrong(await called(house, case, await seat(house, name), expect=422)) == {"seats"}
