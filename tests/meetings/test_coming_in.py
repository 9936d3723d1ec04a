"""Coming into a room: promises first, a token for now, and being told what to do when it is not open."""

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from asyncpg import InsufficientPrivilegeError
from jose import jwt
from tests.kernel.test_row_security import secret_of
from tests.meetings import inside as stories
from tests.meetings.inside import inside, joined, meet_at, move, team_of_meetings
from tests.pages import at_pages

from multiagency.kernel.crypto import read_key
from multiagency.kernel.languages import COMPLETE, Language
from multiagency.kernel.tokens import RoomTokens
from multiagency.meetings.forms import PROMISES
from multiagency.meetings.service_rooms import WORDING
from multiagency.web.middleware import Shield
from multiagency.web.texts import TEXTS

begun, LOGINS = stories.begun, stories.LOGINS
LASTING = "https://teams.example/lasting"


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


@pytest.fixture
def house(staged_house):
    return staged_house


@pytest.fixture
async def heikki(house):
    return await at_pages(house, "municipality")


@pytest.fixture
async def jouni(house):
    return await at_pages(house, "police")


@pytest.fixture
async def leading(house):
    return await at_pages(house, "coordinator")


# Promises.


async def test_nothing_opens_before_every_promise_and_they_are_asked_once_a_meeting(
    house, heikki, jouni, meeting, first, second
):
    room, token = await joined(heikki, meeting, first)
    for promised in ((), PROMISES[:4], (*PROMISES[:4], PROMISES[0])):
        said = await heikki.post(f"/rooms/{room}", 422, token=token, promise=promised)
        assert says("room.promise_all") in said.text
        assert all(says(f"room.promise.1.{name}") in said.text for name in PROMISES)
        await heikki.get(f"/rooms/{room}", 404)
        await heikki.post(f"/rooms/{room}/connection", 404)
    assert await house.fetch("SELECT FROM room_promise") == []
    await heikki.post(f"/rooms/{room}", token=token, promise="all")
    await heikki.get(f"/rooms/{room}")
    ((wording, language),) = await house.fetch("SELECT wording, language FROM room_promise")
    assert (wording, language) == (WORDING, "fi")
    assert says("room.promises") in (await jouni.post(f"/meetings/{meeting}/invitation/join", 200, case=first)).text
    await inside(jouni, meeting, first)
    text = (await jouni.post(f"/meetings/{meeting}/invitation/join", 200, case=second)).text
    assert says("room.promises") not in text
    other, token = await joined(jouni, meeting, second)
    await jouni.post(f"/rooms/{other}", token=token)


async def test_an_unknown_promise_is_refused_at_the_api(house, meeting, first):
    room, token = await joined(await at_pages(house, "municipality"), meeting, first)
    heikki = await house.person("municipality")
    for promised in ([*PROMISES[:4], "something"], "secrecy", [*PROMISES, "secrecy", "secrecy"]):
        await heikki.post(f"/rooms/{room}", {"token": token, "promise": promised}, 422)


async def test_the_database_lets_nobody_in_who_has_not_promised_and_takes_no_promise_for_another(
    house, heikki, jouni, meeting, first
):
    await inside(heikki, meeting, first)
    taking = (
        "INSERT INTO room_presence (id, case_id, controller_id, retention_class, seat_id, entered_at) "
        "SELECT gen_random_uuid(), case_id, (SELECT current_agency()), retention_class, id, now() FROM seat "
        "WHERE post_id = (SELECT current_post()) LIMIT 1"
    )
    promising = (
        "INSERT INTO room_promise (id, meeting_id, post_id, wording, language, promised_at) "
        "SELECT gen_random_uuid(), id, $1, '1', 'fi', now() FROM meeting"
    )
    async with house.as_role("app", await secret_of(house, "police")) as connection:
        for statement, *values in ((taking,), (promising, await house.post_of("Outi"))):
            with pytest.raises(InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute(statement, *values)
        assert await connection.fetchval("SELECT count(*) FROM room_promise") == 0
        await connection.execute(promising, await house.post_of("Jouni"))
        assert await connection.execute(taking) == "INSERT 0 1"


def test_a_published_wording_is_never_changed():
    """Whoever promised has promised these words: others are version 2."""
    said = "\n".join(TEXTS.say(language, f"room.promise.1.{name}") for language in COMPLETE for name in PROMISES)
    assert (
        hashlib.sha256(said.encode()).hexdigest() == "c239d453304f4768a03a1785b22aed2d36a29663adedd62e2fda15f6469596af"
    )


async def test_whoever_leads_sees_who_has_not_promised(house, heikki, leading, meeting, first):
    await inside(heikki, meeting, first)
    text = (await leading.get(f"/meetings/{meeting}/rooms")).text
    ((names),) = re.findall(r"Eivät ole vielä antaneet vahvistuksia: ([^<]*)</p>\s*<h2", text)
    assert "Heikki" not in names
    assert "Jouni" in names


# The connection.


async def connected(visitor, room, status=303):
    answer = await visitor.post(f"/rooms/{room}/connection", status)
    return answer.headers["location"] if status == 303 else answer.text


def claims_in(house, address):
    """The claims of the token behind the #, read with the secret that Jitsi has."""
    token = re.search(r"#jwt=%22(.+)%22$", address)[1]
    secret = read_key(house.settings.keys_directory / "room.key").decode().strip()
    return jwt.decode(token, secret, algorithms=["HS256"], audience="jitsi")


async def test_each_connection_gets_a_token_of_its_own_for_this_person_and_room(house, heikki, jouni, meeting, first):
    meet_at(house, room_provider="jitsi")
    room = await inside(heikki, meeting, first)
    assert await inside(jouni, meeting, first) == room
    found = [claims_in(house, await connected(visitor, room)) for visitor in (heikki, heikki, jouni)]
    assert {each["room"] for each in found} == {room}
    assert len({each["jti"] for each in found}) == 3
    assert [each["context"]["user"]["id"] for each in found].count(found[0]["context"]["user"]["id"]) == 2
    assert "eyJ" not in (await heikki.get(f"/rooms/{room}")).text


async def test_no_connection_after_leaving_after_the_seat_and_a_second_outside_the_slot(house, heikki, meeting, first):
    meet_at(house, room_provider="jitsi")
    room = await inside(heikki, meeting, first)
    await move(house, starts=-3600, ends=-898)
    until = claims_in(house, await connected(heikki, room))["exp"]
    (end,) = await house.fetch("SELECT extract(epoch FROM ends_at) + 900 AS late FROM meeting")
    assert until <= end["late"]
    await move(house, starts=-3600, ends=-901)
    assert says("meeting.not_now", minutes=15) in await connected(heikki, room, 422)
    await move(house, starts=901, ends=3600)
    await connected(heikki, room, 422)
    await move(house, starts=0, ends=3600)
    await connected(heikki, room)
    await heikki.post(f"/rooms/{room}/leave")
    assert says("room.gone") in await connected(heikki, room, 404)
    await inside(heikki, meeting, first)
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/meetings/{meeting}/seats/removal", {"case": first, "post": await house.post_of("Heikki")})
    await connected(heikki, room, 404)


async def test_sec0052_the_ticket_of_our_own_door_opens_no_room_of_the_provider(house, heikki, meeting, first):
    """It is handed out before the promises. Finding SEC-0052: it had the claims that Jitsi takes."""
    meet_at(house, room_provider="jitsi")
    room, ticket = await joined(heikki, meeting, first)
    key = read_key(house.settings.keys_directory / "room.key").decode().strip()
    with pytest.raises(jwt.JWTClaimsError):
        jwt.decode(ticket, key, algorithms=["HS256"], audience="jitsi")
    await inside(heikki, meeting, first)
    address = await connected(heikki, room)
    provider_token = re.search(r"#jwt=%22(.+)%22$", address)[1]
    await heikki.post(f"/rooms/{room}", 404, token=provider_token)


async def test_by_phone_the_page_says_how_to_call(house, heikki, meeting, first):
    meet_at(house, room_phone="010 123 4567, kokous 42")
    room = await inside(heikki, meeting, first)
    assert "010 123 4567, kokous 42" not in (await heikki.get(f"/rooms/{room}")).text
    assert "010 123 4567, kokous 42" in await connected(heikki, room, 200)


async def test_a_form_may_lead_on_to_the_provider_and_nowhere_else(house):
    for settings, origin in (
        ({"room_provider": "jitsi"}, "https://meet.example"),
        (
            {
                "room_provider": "bigbluebutton",
                "room_api_url": "https://bbb.example/bigbluebutton/api",
                "room_api_secret": "x" * 40,
            },
            "https://bbb.example",
        ),
        ({}, ""),
    ):
        meet_at(house, **settings)
        assert house.runtime.settings.room_origin == origin
        shield = Shield(house.app, "https://own.example", None, leads_to=origin)
        policy = dict(shield._headers)[b"content-security-policy"].decode()
        assert f"form-action 'self'{' ' if origin else ''}{origin};" in policy


# One lasting room.


@pytest.fixture
async def lasting(house, meeting):
    meet_at(house, room_fixed=f"{await team_of_meetings(house)}={LASTING}")


async def test_a_lasting_room_is_shown_within_the_slot_only(house, lasting, heikki, meeting, first):
    room = await inside(heikki, meeting, first)
    assert LASTING not in (await heikki.get(f"/rooms/{room}")).text
    assert LASTING in await connected(heikki, room, 200)
    await move(house, starts=-3600, ends=-901)
    assert LASTING not in await connected(heikki, room, 422)


async def test_the_next_case_waits_until_whoever_leads_has_seen_the_last_one_leave(
    house, lasting, heikki, jouni, leading, meeting, first, second
):
    room, other = await inside(heikki, meeting, first), await inside(jouni, meeting, second)
    await inside(jouni, meeting, first)
    await connected(heikki, room, 200)
    await connected(jouni, room, 200)
    for leaving in (heikki, jouni):
        assert says("room.not_emptied") in await connected(jouni, other, 422)
        await leaving.post(f"/rooms/{room}/leave")
    said = await connected(jouni, other, 422)
    assert says("room.not_emptied") in said
    assert LASTING not in said
    assert says("rooms.all_left") in (await leading.get(f"/meetings/{meeting}/rooms")).text
    await leading.post(f"/meetings/{meeting}/rooms/emptied", case=first)
    assert says("rooms.all_left") not in (await leading.get(f"/meetings/{meeting}/rooms")).text
    assert LASTING in await connected(jouni, other, 200)
    await inside(heikki, meeting, first)
    assert says("room.not_emptied") in await connected(heikki, room, 422)
    await leading.post(f"/meetings/{meeting}/rooms/emptied", 422, case="BCDF-2345")


async def test_nobody_says_of_themselves_that_the_room_is_empty(house, lasting, heikki, meeting, first):
    room = await inside(heikki, meeting, first)
    await connected(heikki, room, 200)
    await heikki.post(f"/meetings/{meeting}/rooms/emptied", 403, case=first)
    await heikki.post(f"/rooms/{room}/leave")
    assert await house.fetch("SELECT FROM room_presence WHERE emptied_at IS NOT NULL") == []


# What somebody is told.


async def test_a_second_device_and_a_late_comer_are_told_what_to_do(house, heikki, jouni, meeting, first):
    await inside(heikki, meeting, first)
    again = (await heikki.post(f"/meetings/{meeting}/invitation/join", 200, case=first)).text
    assert "Jos yhteys on auki toisella laitteella" in again
    early = (await jouni.post(f"/meetings/{meeting}/invitation/join", 200, case=first)).text
    assert says("room.late") not in early
    await move(house, starts=-60, ends=3600)
    late = (await jouni.post(f"/meetings/{meeting}/invitation/join", 200, case=first)).text
    assert says("room.late") in late


async def test_a_room_that_never_was_reads_as_one_that_is_shut(heikki, meeting, first, house):
    room = await inside(heikki, meeting, first)
    await house.fetch("UPDATE seat SET ended_at = $1", datetime.now(UTC) - timedelta(seconds=1))
    pages = [(await heikki.get(f"/rooms/{name}", 404)).text for name in (room, "7d3c1b5e-0a55-4c2e-9d0f-1a2b3c4d5e6f")]
    shut, never = (re.sub(r"[0-9a-f-]{36}|value=\"[^\"]+\"|klo [\d.]+", "", page) for page in pages)
    assert shut == never
    assert says("room.gone") in shut


def test_room_tokens_of_our_own_door_and_of_jitsi_are_two():
    tokens = RoomTokens(b"k" * 32, "multiagency", "meet.example")
    assert tokens.at_own_door()._audience != tokens._audience
