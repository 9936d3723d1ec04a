"""Out of a room: through the provider, retried, and where only people can do it whoever leads is told."""

import asyncio
import re

import pytest
from tests.meetings import inside as stories
from tests.meetings.inside import inside, joined, look_after, meet_at, move
from tests.meetings.provider_server import SECRET, provider_server
from tests.pages import at_pages

from multiagency.kernel.languages import Language
from multiagency.meetings.jobs_rooms import mind_rooms
from multiagency.meetings.providers import calling
from multiagency.meetings.service_rooms import pseudonym
from multiagency.web.texts import TEXTS

begun, LOGINS = stories.begun, stories.LOGINS


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


@pytest.fixture
def house(staged_house):
    return staged_house


@pytest.fixture
async def server():
    async with provider_server() as server:
        yield server


@pytest.fixture
async def heikki(house):
    return await at_pages(house, "municipality")


@pytest.fixture
async def jouni(house):
    return await at_pages(house, "police")


@pytest.fixture
async def leading(house):
    return await at_pages(house, "coordinator")


def at(house, server, name):
    api = f"{server.address}/bigbluebutton/api" if name == "bigbluebutton" else server.address
    web = {"room_web_url": "https://meet.example/rooms", "room_api_key": "livekit-key"} if name == "livekit" else {}
    meet_at(house, room_provider=name, room_api_url=api, room_api_secret=SECRET, **web)


async def seat_taken_back(house, meeting, case, name):
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/meetings/{meeting}/seats/removal", {"case": case, "post": await house.post_of(name)})


async def told(house):
    rows = await house.fetch("SELECT place FROM notice WHERE what = 'room_not_emptied' AND read_at IS NULL")
    return [row["place"] for row in rows]


async def calls(house):
    return [dict(row) for row in await house.fetch("SELECT * FROM room_call WHERE what <> 'open' ORDER BY asked_at")]


async def seat_id(house, case, name):
    query = (
        "SELECT s.id FROM seat s JOIN case_file c ON c.id = s.case_id JOIN post p ON p.id = s.post_id "
        "JOIN person n ON n.id = p.person_id WHERE c.reference = $1 AND n.name LIKE $2 || ' %'"
    )
    return (await house.fetch(query, case, name))[0]["id"]


async def test_sec0053_whoever_loses_the_seat_is_put_out_alone_where_the_provider_can_do_that(
    house, server, heikki, jouni, meeting, first
):
    at(house, server, "livekit")
    room = await inside(heikki, meeting, first)
    await inside(jouni, meeting, first)
    await look_after(house)
    server.asked.clear()
    await seat_taken_back(house, meeting, first, "Heikki")
    assert server.asked == []  # not in the transaction: the worker asks
    await look_after(house)
    ((call, about),) = server.asked
    assert (call, about["room"]) == ("RemoveParticipant", room)
    assert about["identity"] == pseudonym(await seat_id(house, first, "Heikki"))
    assert says("room.gone") in (await heikki.get(f"/rooms/{room}", 404)).text
    await jouni.get(f"/rooms/{room}")
    assert await told(house) == []
    assert [call["settled_at"] is not None for call in await calls(house)] == [True]


async def test_where_it_cannot_the_room_ends_and_goes_on_under_another_name(
    house, server, heikki, jouni, meeting, first
):
    at(house, server, "bigbluebutton")
    old = await inside(heikki, meeting, first)
    await inside(jouni, meeting, first)
    await seat_taken_back(house, meeting, first, "Heikki")
    await look_after(house)
    assert [(call, about["meetingID"]) for call, about in server.asked if call == "end"] == [("end", [old])]
    for visitor in (heikki, jouni):
        assert says("room.gone") in (await visitor.get(f"/rooms/{old}", 404)).text
    new = await inside(jouni, meeting, first)
    await look_after(house)
    assert new != old
    assert [about["meetingID"] for call, about in server.asked if call == "create"] == [[old], [new]]
    assert await told(house) == []


@pytest.mark.parametrize("mood", ["failing", "lying", "slow"])
async def test_whoever_leads_is_told_at_the_first_failure_and_the_provider_is_asked_until_it_does(
    house, server, heikki, leading, monkeypatch, mood, meeting, first
):
    monkeypatch.setattr(calling, "LONGEST", 0.3)
    at(house, server, "livekit")
    await inside(heikki, meeting, first)
    await look_after(house)
    server.mood = mood
    await (await house.person("officer")).post(f"/cases/{first}/consent/withdrawal")
    assert await told(house) == []
    await mind_rooms(house.runtime, await house.service())
    assert set(await told(house)) == {f"/meetings/{meeting}/rooms"}
    assert len(await told(house)) == 2  # both who coordinate
    await look_after(house)
    assert len(await told(house)) == 2
    server.mood = "willing"
    server.asked.clear()
    await house.fetch("UPDATE room_call SET next_attempt_at = now()")
    await look_after(house)
    assert [call for call, _ in server.asked] == ["RemoveParticipant"]
    await leading.get(f"/meetings/{meeting}/rooms")


async def test_by_phone_whoever_leads_is_told_in_the_same_transaction_and_says_when_they_are_gone(
    house, heikki, jouni, leading, meeting, first
):
    for visitor in (heikki, jouni):
        await inside(visitor, meeting, first)
    outi = await at_pages(house, "coordinator-2")
    await seat_taken_back(house, meeting, first, "Heikki")
    assert await told(house) == [f"/meetings/{meeting}/rooms"]  # who took it back knows
    for visitor in (leading, outi):
        page = (await visitor.get(f"/meetings/{meeting}/rooms")).text
        assert re.search(r"<li>Heikki [^<]*: pyydetty ulos", page)
        assert "Jouni" not in page[page.index("pyydetty") - 60 : page.index("pyydetty")]
        assert f"/meetings/{meeting}/rooms" in (await visitor.get("/")).text
    await leading.post(f"/meetings/{meeting}/rooms/emptied")
    assert await told(house) == []
    for visitor in (leading, outi):
        assert "pyydetty ulos" not in (await visitor.get(f"/meetings/{meeting}/rooms")).text
    said = await leading.post(f"/meetings/{meeting}/rooms/emptied", 422)
    assert says("rooms.nobody_awaited") in said.text


async def test_whoever_said_that_they_left_is_put_out_all_the_same(house, server, heikki, meeting, first):
    """Leaving our page closes no video."""
    at(house, server, "livekit")
    room = await inside(heikki, meeting, first)
    await heikki.post(f"/rooms/{room}/leave")
    await seat_taken_back(house, meeting, first, "Heikki")
    await look_after(house)
    assert "RemoveParticipant" in [call for call, _ in server.asked]


async def test_whoever_never_came_in_is_put_out_of_nothing(house, meeting, first):
    await seat_taken_back(house, meeting, first, "Heikki")
    assert await calls(house) == []
    assert await told(house) == []


@pytest.mark.parametrize(("name", "call"), [("livekit", "DeleteRoom"), ("bigbluebutton", "end")])
async def test_when_the_slot_ends_everybody_is_put_out_once(house, server, heikki, jouni, meeting, first, name, call):
    at(house, server, name)
    for visitor in (heikki, jouni):
        await inside(visitor, meeting, first)
    await move(house, starts=-3600, ends=-899)
    await look_after(house)
    assert call not in [asked for asked, _ in server.asked]
    await move(house, starts=-3600, ends=-901)
    for _ in range(2):
        await look_after(house)
    assert [asked for asked, _ in server.asked if asked == call] == [call]
    assert await house.fetch("SELECT FROM room_presence WHERE left_at IS NULL") == []
    assert await told(house) == []
    rows = await house.fetch("SELECT FROM audit_detail WHERE act = 'empty_rooms' AND case_reference = $1", first)
    assert len(rows) == 1


async def test_when_the_slot_ends_and_only_people_can_empty_the_room_whoever_leads_is_told_once(
    house, heikki, leading, meeting, first
):
    await inside(heikki, meeting, first)
    await move(house, starts=-3600, ends=-901)
    for _ in range(2):
        await look_after(house)
    assert len(await told(house)) == 2
    assert says("rooms.everybody") in (await leading.get(f"/meetings/{meeting}/rooms")).text


async def test_a_meeting_that_is_cancelled_empties_its_rooms(house, server, heikki, leading, meeting, first):
    at(house, server, "livekit")
    await inside(heikki, meeting, first)
    await leading.post(f"/meetings/{meeting}/cancellation", reason="other")
    await look_after(house)
    assert "RemoveParticipant" in [call for call, _ in server.asked]


async def test_while_a_provider_does_not_answer_pages_do(house, server, heikki, jouni, meeting, first):
    """Nothing is locked while the worker waits: the same rows are read and changed meanwhile."""
    at(house, server, "livekit")
    room = await inside(heikki, meeting, first)
    await inside(jouni, meeting, first)
    await look_after(house)
    server.mood = "slow"
    server.reached.clear()
    await seat_taken_back(house, meeting, first, "Heikki")
    waiting = asyncio.create_task(mind_rooms(house.runtime, await house.service()))
    await server.reached.wait()
    await jouni.get(f"/rooms/{room}")
    await jouni.post(f"/rooms/{room}/leave")
    await joined(jouni, meeting, first)
    assert not waiting.done()
    await waiting


async def test_what_is_rolled_back_asks_nothing(house, heikki, leading, meeting, first):
    await inside(heikki, meeting, first)
    await (await house.person("coordinator")).post(
        f"/meetings/{meeting}/agenda/removal", {"case": first, "because": "not_held"}, 409
    )
    assert await calls(house) == []


async def test_nobody_but_whoever_leads_sees_the_rooms(house, heikki, jouni, meeting):
    for visitor in (heikki, jouni):
        await visitor.get(f"/meetings/{meeting}/rooms", 403)
        await visitor.post(f"/meetings/{meeting}/rooms/emptied", 403)
