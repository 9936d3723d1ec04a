"""Room tokens before a verifier that is not ours: a real Prosody, whose own code reads and verifies them."""

import dataclasses
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote
from uuid import UUID, uuid4

import pytest
from jose import jwt
from tests.meetings import inside as stories
from tests.meetings.inside import inside, meet_at
from tests.meetings.prosody_server import DOMAIN, come_in, prosody
from tests.meetings.provider_server import claims_of
from tests.pages import at_pages

from multiagency.kernel.crypto import read_key
from multiagency.kernel.tokens import RoomPass, RoomTokens
from multiagency.meetings.providers.jitsi import Jitsi

begun, LOGINS = stories.begun, stories.LOGINS
SECRET = "k" * 43
ROOM = UUID("7d3c1b5e-0a55-4c2e-9d0f-1a2b3c4d5e6f")
HOLDER = RoomPass("0123456789abcdef", "Poliisi, komisario", moderator=False)


@pytest.fixture
async def port(tmp_path):
    async with prosody(tmp_path, SECRET) as port:
        yield port


def token_in(address):
    return re.fullmatch(r'jwt="(.+)"', unquote(address.partition("#")[2]))[1]


def minted(tmp_path, *, since=-600, until=600, holder=HOLDER, secret=SECRET):
    """A token of the Jitsi adapter for a slot of so many seconds around now, minted within it."""
    moment = datetime.now(UTC)
    slot = moment + timedelta(seconds=since), moment + timedelta(seconds=until)
    at = min(max(moment, slot[0]), slot[1])
    provider = Jitsi(RoomTokens(secret.encode(), "multiagency", DOMAIN), DOMAIN, "", "", tmp_path)
    return token_in(provider.entrance(ROOM, holder, at, slot).address)


async def test_prosody_lets_in_the_holder_into_the_room_within_the_slot(port, tmp_path):
    for until in (600, 3):
        assert await come_in(port, HOLDER.pseudonym, minted(tmp_path, until=until), ROOM) == "in"
    assert await come_in(port, HOLDER.pseudonym, minted(tmp_path, since=-2), ROOM) == "in"


async def test_prosody_refuses_another_room_another_person_another_key_and_a_second_outside_the_slot(port, tmp_path):
    assert await come_in(port, HOLDER.pseudonym, minted(tmp_path), uuid4()) == "not allowed"
    assert await come_in(port, "fedcba9876543210", minted(tmp_path), ROOM) == "not signed in"
    for wrong in (minted(tmp_path, until=-1), minted(tmp_path, since=1), minted(tmp_path, secret="x" * 43)):
        assert await come_in(port, HOLDER.pseudonym, wrong, ROOM) == "not signed in"


async def test_prosody_refuses_a_token_that_was_changed_and_the_ticket_of_our_own_door(port, tmp_path):
    token = minted(tmp_path)
    head, _, signature = token.split(".")
    other = jwt.encode(claims_of(token) | {"room": "*"}, "x", algorithm="HS256").split(".")[1]
    assert await come_in(port, HOLDER.pseudonym, f"{head}.{other}.{signature}", ROOM) == "not signed in"
    ticket = RoomTokens(SECRET.encode(), "multiagency", DOMAIN).at_own_door().mint(str(ROOM), HOLDER, datetime.now(UTC))
    assert await come_in(port, HOLDER.pseudonym, ticket, ROOM) == "not signed in"


@pytest.fixture
def house(staged_house):
    return staged_house


async def test_from_join_to_prosody_and_not_after_the_seat_was_taken_back(house, tmp_path, meeting, first):
    """The service's own key; the room goes on under another name, which the old token does not open."""
    meet_at(house, room_provider="jitsi", room_domain=DOMAIN, room_api_url="http://127.0.0.1:1", room_api_key="one")
    key = read_key(house.settings.keys_directory / "room.key").decode().strip()
    tokens = RoomTokens(key.encode(), "multiagency", DOMAIN)
    house.runtime.tools = dataclasses.replace(house.runtime.tools, room_tokens=tokens)
    heikki, jouni = await at_pages(house, "municipality"), await at_pages(house, "police")
    room = await inside(heikki, meeting, first)
    await inside(jouni, meeting, first)

    async def token_of(visitor):
        return token_in((await visitor.post(f"/rooms/{room}/connection")).headers["location"])

    async with prosody(tmp_path, key) as port:
        token = await token_of(heikki)
        who = claims_of(token)["context"]["user"]["id"]
        assert await come_in(port, who, token, room) == "in"
        again = await token_of(heikki)
        assert await come_in(port, who, again, room) == "in"
        coordinator = await house.person("coordinator")
        gone = {"case": first, "post": await house.post_of("Heikki")}
        await coordinator.post(f"/meetings/{meeting}/seats/removal", gone)
        await heikki.post(f"/rooms/{room}/connection", 404)
        await heikki.post(f"/meetings/{meeting}/invitation/join", 404, case=first)
        renamed = await inside(jouni, meeting, first)
        assert renamed != room
        assert await come_in(port, who, token, renamed) == "not allowed"
