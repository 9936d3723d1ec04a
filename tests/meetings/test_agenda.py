"""The agenda changes: cases come off it and on another, change places, are discussed again; seats are taken back."""

import re

import asyncpg
import pytest
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

LOGINS = ("coordinator", "municipality", "police", "officer")
OTHER_TEAM = "01a20000-0000-7000-8000-000000000001"


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


async def begun(house):
    """Two cases on the agenda of an open meeting: Heikki and Jouni sit at the first, Jouni at the second."""
    first, second = await house.submitted(), await house.submitted()
    meeting = await house.meeting(first, second, minutes=12)
    for case, name in ((first, "Heikki"), (first, "Jouni"), (second, "Jouni")):
        await house.seat(meeting, case, name)
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    return {"first": first, "second": second, "meeting": meeting}


@pytest.fixture
def house(staged_house):
    return staged_house


async def place(coordinator, meeting, case, expect=204):
    return await coordinator.post(f"/meetings/{meeting}/agenda", {"case": case}, expect)


async def take_off(coordinator, meeting, case, expect=204, because="removed"):
    body = {"case": case, "because": because}
    return await coordinator.post(f"/meetings/{meeting}/agenda/removal", body, expect)


async def take_back(house, meeting, case, name, expect=204):
    body = {"case": case, "post": await house.post_of(name)}
    return await (await house.person("coordinator")).post(f"/meetings/{meeting}/seats/removal", body, expect)


async def agenda(coordinator, meeting):
    return [item["case"] for item in (await coordinator.get(f"/meetings/{meeting}"))["agenda"]]


async def told(house, name):
    """What went to somebody's calendar, in order."""
    rows = await house.fetch(
        "SELECT o.purpose FROM outbox o JOIN invitation i ON i.id = o.stream_id JOIN post p ON p.id = i.post_id "
        "JOIN person n ON n.id = p.person_id WHERE n.name LIKE $1 || '%' ORDER BY o.ordinal",
        name,
    )
    return [row["purpose"] for row in rows]


def refused_as(problem, key):
    return problem["type"].endswith(f":{key}")


# Coming off.


async def test_a_case_comes_off_with_its_seats_and_goes_to_another_meeting(house, coordinator, meeting, first, second):
    await take_off(coordinator, meeting, first)
    assert await agenda(coordinator, meeting) == [second]
    assert (await coordinator.get(f"/cases/{first}"))["stage"] == "submitted"
    await (await house.person("municipality")).get(f"/cases/{first}", 404)
    await (await house.person("police")).get(f"/cases/{first}", 404)
    await (await house.person("police")).get(f"/cases/{second}")
    assert await told(house, "Heikki") == ["request", "cancel"]
    assert await told(house, "Jouni") == ["request", "request"]
    living = "SELECT FROM access_grant g JOIN case_file c ON c.id = g.case_id WHERE c.reference = $1"
    assert await house.fetch(f"{living} AND occasion = 'seat' AND g.ended_at IS NULL", first) == []
    other = await house.meeting(first)
    assert await agenda(coordinator, other) == [first]
    await house.seat(other, first, "Heikki")
    await (await house.person("municipality")).get(f"/cases/{first}")


async def test_a_case_at_which_nobody_sits_any_more_comes_off_too(house, coordinator, meeting, second):
    await take_back(house, meeting, second, "Jouni")
    await take_off(coordinator, meeting, second)
    assert (await coordinator.get(f"/cases/{second}"))["stage"] == "submitted"


async def test_the_same_case_comes_on_the_same_agenda_again_and_what_it_had_there_does_not(
    house, coordinator, meeting, first, second
):
    await take_off(coordinator, meeting, first)
    await place(coordinator, meeting, first)
    assert await agenda(coordinator, meeting) == [second, first]
    await (await house.person("municipality")).get(f"/cases/{first}", 404)
    await house.seat(meeting, first, "Heikki")
    await (await house.person("municipality")).get(f"/cases/{first}")
    assert await told(house, "Heikki") == ["request", "cancel", "request"]
    assert refused_as(await place(coordinator, meeting, first, 409), "meeting.on_agenda_already")
    found = await coordinator.get(f"/meetings/{meeting}")
    assert found["off_agenda"] == [], "it is on the agenda now"


async def test_whoever_is_in_the_room_is_out_when_the_case_comes_off(house, coordinator, meeting, first):
    await house.fetch(
        "INSERT INTO room_presence (id, case_id, controller_id, retention_class, seat_id, entered_at) "
        "SELECT gen_random_uuid(), case_id, controller_id, 'x', id, now() FROM seat"
    )
    await take_off(coordinator, meeting, first)
    left = "SELECT DISTINCT c.reference FROM room_presence p JOIN case_file c ON c.id = p.case_id WHERE "
    assert [row[0] for row in await house.fetch(f"{left} left_at IS NOT NULL")] == [first]


async def test_what_has_come_off_is_not_put_back_by_direct_sql(house, coordinator, meeting, first):
    await take_off(coordinator, meeting, first)
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        for table in ("agenda_item", "seat"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table} WHERE ended_at IS NOT NULL") > 0
            assert (
                await connection.execute(f"UPDATE {table} SET ended_at = NULL WHERE ended_at IS NOT NULL") == "UPDATE 0"
            )


async def test_the_page_says_what_ends_before_a_case_comes_off(house, coordinator, meeting, first):
    pages, path = await at_pages(house, "coordinator"), f"/meetings/{meeting}/cases/{first}/removal"
    shown = (await pages.get(path)).text
    assert all(says(f"removal.{key}") in shown for key in ("seats", "calendars", "waits"))
    assert says("removal.because.not_held") not in shown, "the meeting has not begun"
    await pages.post(path, because="removed")
    text = (await pages.get(f"/meetings/{meeting}")).text
    assert says("done.taken_off") in text
    assert f"{story.CLIENT['name']}, {first}: {says('meeting_page.because.removed')}" in text
    assert f'name="case" value="{first}"' in text, "it waits again"
    await pages.get(path, 409)


async def test_a_case_is_marked_as_not_dealt_with_once_the_meeting_has_begun(house, coordinator, meeting, first):
    assert refused_as(await take_off(coordinator, meeting, first, 409, "not_held"), "meeting.not_missed_yet")
    await house.fetch("UPDATE meeting SET starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'")
    pages = await at_pages(house, "coordinator")
    assert says("removal.because.not_held") in (await pages.get(f"/meetings/{meeting}/cases/{first}/removal")).text
    await take_off(coordinator, meeting, first, because="not_held")
    assert (await coordinator.get(f"/meetings/{meeting}"))["off_agenda"] == [{"case": first, "because": "not_held"}]
    assert await told(house, "Heikki") == ["request"], "the meeting is over: calendars hear nothing of it any more"
    await place(coordinator, await house.meeting(), first)


async def test_a_case_whose_minutes_are_approved_stays_on_its_agenda(house, coordinator, meeting, first):
    await house.minutes(meeting, first)
    for because in ("removed", "not_held"):
        assert refused_as(await take_off(coordinator, meeting, first, 409, because), "meeting.discussed_already")
    shown = (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}/cases/{first}/removal")).text
    assert says("meeting.discussed_already") in shown
    assert 'name="because"' not in shown


async def test_a_draft_of_minutes_does_not_hold_a_case_on_the_agenda(house, coordinator, meeting, first):
    await house.draft_minutes(meeting, first)
    await take_off(coordinator, meeting, first)
    assert (await coordinator.get(f"/cases/{first}"))["stage"] == "submitted"
    assert [row["text"] for row in await coordinator.get(f"/cases/{first}/minutes")] == [story.MINUTES]


async def test_a_closed_case_is_not_called_withdrawn_and_a_withdrawn_one_not_closed(
    house, coordinator, meeting, first, second
):
    await house.minutes(meeting, first)
    await coordinator.post(f"/cases/{first}/closing", {"outcome": "no_further_need"})
    await (await house.person("officer")).post(f"/cases/{second}/consent/withdrawal")
    ended = (await coordinator.get(f"/meetings/{meeting}"))["off_agenda"]
    assert {row["case"]: row["because"] for row in ended} == {first: "closed", second: "withdrawn"}


# Whose cases.


async def test_sec0014_a_case_of_another_team_never_comes_on_an_agenda(house, coordinator):
    """Neither through the service nor by direct SQL, though the same person coordinates both teams.

    Finding SEC-0014: whoever coordinated two teams could place a case of the one on a meeting of the other.
    """
    case, meeting = await house.submitted(), await house.meeting()
    await house.fetch(
        "INSERT INTO team (id, pathway, name, convener_id) SELECT $1, pathway, 'Toinen', convener_id FROM team",
        OTHER_TEAM,
    )
    await house.fetch("UPDATE case_file SET team_id = $1 WHERE reference = $2", OTHER_TEAM, case)
    problem = await place(coordinator, meeting, case, 422)
    assert [error["field"] for error in problem["errors"]] == ["case"]
    assert (await coordinator.get(f"/cases/{case}"))["stage"] == "submitted"
    forged = (
        "INSERT INTO agenda_item (id, case_id, controller_id, retention_class, meeting_id, position, room, came_from) "
        "SELECT gen_random_uuid(), c.id, current_agency(), 'x', m.id, 9, gen_random_uuid(), 'submitted' "
        "FROM case_file c, meeting m WHERE c.reference = $1 AND m.reference = $2"
    )
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(forged, case, meeting)
    await house.fetch("UPDATE case_file SET team_id = (SELECT team_id FROM meeting LIMIT 1)")
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        assert await connection.execute(forged, case, meeting) == "INSERT 0 1"


# The order.


async def test_cases_change_places_one_step_at_a_time_and_not_beyond_the_ends(
    house, coordinator, meeting, first, second
):
    third = await house.submitted()
    await place(coordinator, meeting, third)
    for case, direction, order in (
        (third, "up", [first, third, second]),
        (third, "up", [third, first, second]),
        (third, "up", [third, first, second]),
        (first, "down", [third, second, first]),
        (first, "down", [third, second, first]),
    ):
        await coordinator.post(f"/meetings/{meeting}/order", {"case": case, "direction": direction})
        assert await agenda(coordinator, meeting) == order
    await coordinator.post(f"/meetings/{meeting}/order", {"case": first, "direction": "left"}, 422)
    pages = await at_pages(house, "coordinator")
    await pages.post(f"/meetings/{meeting}/order", case=first, direction="up")
    assert await agenda(coordinator, meeting) == [third, first, second]
    await coordinator.post(f"/meetings/{await house.meeting()}/order", {"case": first, "direction": "up"}, 409)


async def test_the_page_offers_no_step_beyond_the_ends(house, coordinator, meeting, first, second):
    text = (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}")).text
    offered = [
        (case, direction)
        for case in (first, second)
        for direction in ("up", "down")
        if f"{says(f'meeting_page.{direction}')}: {story.CLIENT['name']}, {case}" in text
    ]
    assert offered == [(first, "down"), (second, "up")]


async def test_both_cases_of_an_exchange_stand_in_the_log(house, coordinator, meeting, first, second):
    count = "SELECT count(*) FROM audit_detail WHERE case_reference = $1 AND act = 'run_meeting' AND mode = 'write'"
    before = [(await house.fetch(count, case))[0][0] for case in (first, second)]
    await coordinator.post(f"/meetings/{meeting}/order", {"case": first, "direction": "down"})
    assert [(await house.fetch(count, case))[0][0] for case in (first, second)] == [n + 1 for n in before]


# Once more.


async def test_a_case_in_follow_up_is_discussed_again_with_seats_and_minutes_of_its_own(
    house, coordinator, meeting, first
):
    await house.minutes(meeting, first, "Ensimmäinen kokous.")
    action = {"owner": await house.post_of("Jouni"), "title": "Soittaa", "due_on": "2099-01-01"}
    await coordinator.post(f"/cases/{first}/actions", action, 201)
    assert refused_as(await place(coordinator, meeting, first, 409), "meeting.on_agenda_already")
    again = await house.meeting(first)
    assert (await coordinator.get(f"/cases/{first}"))["stage"] == "on_agenda"
    [item] = (await coordinator.get(f"/meetings/{again}"))["agenda"]
    assert (item["seats"], item["discussed"]) == ([], False)
    municipality = await house.person("municipality")
    assert [row["text"] for row in await municipality.get(f"/cases/{first}/minutes")] == ["Ensimmäinen kokous."]
    assert len(await coordinator.get(f"/cases/{first}/actions")) == 1
    await coordinator.post(f"/cases/{first}/actions", action, 201)
    await house.seat(again, first, "Sanna")
    await coordinator.post(f"/meetings/{again}/opening", expect=200)
    earlier = (await coordinator.get(f"/cases/{first}/actions"))[0]["reference"]
    await coordinator.post(f"/cases/{first}/plan/review", {"answers": [{"action": earlier, "helped": "yes"}]})
    await house.minutes(again, first, "Toinen kokous.")
    for who, texts in (
        (municipality, ["Ensimmäinen kokous."]),
        (coordinator, ["Ensimmäinen kokous.", "Toinen kokous."]),
    ):
        assert [row["text"] for row in await who.get(f"/cases/{first}/minutes")] == texts  # each table its recipients
    assert (await coordinator.get(f"/cases/{first}"))["stage"] == "in_follow_up"
    await coordinator.post(f"/meetings/{meeting}/minutes/addenda", {"case": first, "text": "Lisäys ensimmäiseen."})
    added = [[each["text"] for each in row["addenda"]] for row in await coordinator.get(f"/cases/{first}/minutes")]
    assert added == [["Lisäys ensimmäiseen."], []]


async def test_a_second_discussion_that_comes_to_nothing_leaves_the_case_in_its_follow_up(
    house, coordinator, meeting, first
):
    await house.minutes(meeting, first)
    again = await house.meeting(first)
    await house.seat(again, first, "Sanna")
    pages = await at_pages(house, "coordinator")
    assert says("removal.again") in (await pages.get(f"/meetings/{again}/cases/{first}/removal")).text
    await take_off(coordinator, again, first)
    assert (await coordinator.get(f"/cases/{first}"))["stage"] == "in_follow_up"
    await (await house.person("county")).get(f"/cases/{first}", 404)
    await (await house.person("municipality")).get(f"/cases/{first}")
    assert f'href="/meetings/{meeting}/cases/{first}/minutes"' in (await pages.get(f"/cases/{first}")).text


async def test_the_pages_keep_minutes_and_plan_in_reach_while_a_case_is_taken_up_again(
    house, coordinator, meeting, first
):
    await house.minutes(meeting, first)
    pages = await at_pages(house, "coordinator")
    assert f'name="case" value="{first}"' in (await pages.get(f"/meetings/{await house.meeting()}")).text
    await house.meeting(first)
    for login in ("coordinator", "municipality"):
        text = (await (await at_pages(house, login)).get(f"/cases/{first}")).text
        assert f'href="/cases/{first}/minutes"' in text
        assert f'href="/cases/{first}/plan"' in text


# Seats.


async def test_sec0016_a_seat_given_by_mistake_is_taken_back_with_its_sight_in_one_step(
    house, coordinator, meeting, first, second
):
    """The person sees nothing more by it, is out of the room, and their calendar is told; the others keep theirs.

    Finding SEC-0016: a seat could not be taken back; the only remedy was a bar with a reason that was not true.
    """
    await house.fetch(
        "INSERT INTO room_presence (id, case_id, controller_id, retention_class, seat_id, entered_at) "
        "SELECT gen_random_uuid(), case_id, controller_id, 'x', id, now() FROM seat"
    )
    await take_back(house, meeting, first, "Heikki")
    await (await house.person("municipality")).get(f"/cases/{first}", 404)
    await (await house.person("police")).get(f"/cases/{first}")
    assert len(await house.fetch("SELECT FROM room_presence WHERE left_at IS NOT NULL")) == 1
    assert await told(house, "Heikki") == ["request", "cancel"]
    await take_back(house, meeting, first, "Jouni")
    await (await house.person("police")).get(f"/cases/{first}", 404)
    await (await house.person("police")).get(f"/cases/{second}")
    assert await told(house, "Jouni") == ["request", "request"]
    assert await house.fetch("SELECT FROM access_bar") == []
    await house.seat(meeting, first, "Heikki")
    await (await house.person("municipality")).get(f"/cases/{first}")


async def test_only_a_seat_that_is_there_is_taken_back(house, coordinator, meeting, first, second):
    for case, name in ((first, "Sanna"), (second, "Heikki")):
        assert refused_as(await take_back(house, meeting, case, name, 409), "meeting.no_such_seat")
    await take_back(house, meeting, first, "Heikki")
    await take_back(house, meeting, first, "Heikki", 409)
    body = {"case": first, "post": await house.post_of("Jouni")}
    await (await house.person("officer")).post(f"/meetings/{meeting}/seats/removal", body, 403)


async def test_the_page_takes_a_seat_back_with_one_button(house, coordinator, meeting, first):
    pages, path = await at_pages(house, "coordinator"), f"/meetings/{meeting}/cases/{first}/seats"
    heikki = await house.post_of("Heikki")
    assert f'name="post" value="{heikki}"' in (await pages.get(path)).text
    answer = await pages.post(f"{path}/removal", post=heikki)
    assert answer.headers["location"] == path
    text = (await pages.get(path)).text
    assert says("done.seat_taken_back") in text
    assert re.findall(r'<label for="post-\d+">(\w+) ', text).count("Heikki") == 1, "they are offered a seat again"
    assert says("meeting.no_such_seat") in (await pages.post(f"{path}/removal", 422, post=heikki)).text
