"""Providers: how each is entered and asked, checked by a server and by hashes that are not ours."""

import hashlib
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import pytest
from tests.meetings.provider_server import PEM, SECRET, claims_of, provider_server, signed_by_secret

from multiagency.kernel.tokens import LiveKitTokens, RoomPass, RoomTokens
from multiagency.meetings.providers import RoomAsked, Way, calling
from multiagency.meetings.providers.bigbluebutton import BigBlueButton
from multiagency.meetings.providers.by_hand import ByHand
from multiagency.meetings.providers.calling import ask
from multiagency.meetings.providers.jitsi import Jitsi
from multiagency.meetings.providers.livekit import LiveKit

ROOM = UUID("7d3c1b5e-0a55-4c2e-9d0f-1a2b3c4d5e6f")
HOLDER = RoomPass("0123456789abcdef", "Poliisi, komisario", moderator=False)


def moment():
    return datetime.now(UTC)


def slot(before=10, after=10):
    return moment() - timedelta(minutes=before), moment() + timedelta(minutes=after)


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "jitsi-api.key"
    path.write_bytes(PEM)
    path.chmod(0o600)
    return path


def made(name, api, key):
    return {
        "jitsi": lambda: Jitsi(
            RoomTokens(SECRET.encode(), "multiagency", "meet.example"), "meet.example", api, "one", key
        ),
        "bigbluebutton": lambda: BigBlueButton(f"{api}/bigbluebutton/api", SECRET, "https://own.example/invitations"),
        "livekit": lambda: LiveKit(LiveKitTokens("livekit-key", SECRET), api, "https://meet.example/rooms"),
    }[name]()


PROVIDERS = ("jitsi", "bigbluebutton", "livekit")


def token_of(address):
    """The token behind the #: nothing of it stands in what a server is asked."""
    url = urlsplit(address)
    assert "eyJ" not in url.path + url.query
    return unquote(url.fragment).split("token=")[-1].removeprefix("jwt=").strip('"')


# Coming in.


@pytest.mark.parametrize("name", ["jitsi", "livekit"])
def test_a_token_is_for_this_person_and_room_within_the_slot_and_travels_behind_the_hash(name, key):
    early, late = moment() - timedelta(seconds=2), moment() + timedelta(seconds=20)
    token = token_of(made(name, "https://api.example", key).entrance(ROOM, HOLDER, moment(), (early, late)).address)
    claims = signed_by_secret(token)
    assert claims["nbf"] >= early.timestamp()
    assert claims["exp"] <= late.timestamp()
    whole = str(claims)
    assert HOLDER.pseudonym in whole
    assert str(ROOM) in whole
    assert "*" not in whole


@pytest.mark.parametrize("name", ["jitsi", "livekit"])
def test_without_an_end_of_the_slot_near_it_lives_a_minute(name, key):
    now = moment()
    claims = claims_of(token_of(made(name, "https://api.example", key).entrance(ROOM, HOLDER, now, slot()).address))
    assert 59 <= claims["exp"] - now.timestamp() <= 60
    assert claims["nbf"] <= now.timestamp()


def test_livekit_gives_a_participant_no_power_over_the_room(key):
    claims = claims_of(
        token_of(made("livekit", "https://api.example", key).entrance(ROOM, HOLDER, moment(), slot()).address)
    )
    video = claims["video"]
    assert {name for name, given in video.items() if given is True} == {
        *("roomJoin", "canPublish", "canSubscribe", "canPublishData")
    }
    assert (claims["iss"], claims["sub"], video["room"]) == ("livekit-key", HOLDER.pseudonym, str(ROOM))


def test_bigbluebutton_signs_as_its_documentation_does():
    """The vector of docs.bigbluebutton.org, "Usage": SHA-1 there, and SHA-256 by the same rule here."""
    query = "name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444"
    documented = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"
    assert hashlib.sha1(f"create{query}{documented}".encode()).hexdigest() == "1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17"  # noqa: S324
    provider = BigBlueButton("https://bbb.example/bigbluebutton/api", documented, "https://own.example")
    about = {"name": "Test Meeting", "meetingID": "abc123", "attendeePW": "111222", "moderatorPW": "333444"}
    address = provider.signed("create", about)
    checksum = hashlib.sha256(b"create" + query.encode() + documented.encode()).hexdigest()
    assert address == f"https://bbb.example/bigbluebutton/api/create?{query}&checksum={checksum}"


def test_bigbluebutton_is_told_agency_and_title_and_makes_only_a_coordinator_moderator(key):
    for moderator, role in ((False, "VIEWER"), (True, "MODERATOR")):
        holder = RoomPass("p", "Poliisi, komisario", moderator)
        url = urlsplit(
            made("bigbluebutton", "https://bbb.example", key).entrance(ROOM, holder, moment(), slot()).address
        )
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        assert (asked["role"], asked["userID"], asked["meetingID"]) == (role, "p", str(ROOM))
        assert asked["fullName"] == "Poliisi, komisario"


@pytest.mark.parametrize("provider", [ByHand(words="010 123 4567"), ByHand(address="https://teams.example/x")])
def test_what_has_no_interface_is_shown_to_people_and_emptied_by_them(provider, key):
    entrance = provider.entrance(ROOM, HOLDER, moment(), slot())
    assert not entrance.address
    assert (entrance.shown, entrance.words) == (provider.address, provider.words)
    assert provider.way is Way.HAND


# Asking the provider.


def asked(what):
    return RoomAsked(what, ROOM, HOLDER.pseudonym, moment())


@pytest.fixture
async def server():
    async with provider_server() as server:
        yield server


async def test_each_provider_understands_what_it_is_asked(server, key):
    for name, what in (("jitsi", "end"), ("bigbluebutton", "open"), ("bigbluebutton", "end"), ("livekit", "open")):
        assert await ask(made(name, server.address, key), asked(what), moment())
    assert await ask(made("livekit", server.address, key), asked("remove"), moment())
    assert await ask(made("livekit", server.address, key), asked("end"), moment())
    jitsi, created, ended, opened, removed, deleted = server.asked
    assert jitsi == ("POST", "/end-meeting", {"conference": [f"{ROOM}@conference.meet.example"]})
    assert (created[0], created[1]["meetingID"], created[1]["record"]) == ("create", [str(ROOM)], ["false"])
    assert ended == ("end", {"meetingID": [str(ROOM)]})
    assert (opened[0], opened[1]["name"]) == ("CreateRoom", str(ROOM))
    assert (removed[0], removed[1]["identity"]) == ("RemoveParticipant", HOLDER.pseudonym)
    assert int(removed[1]["revoke_token_ts"]) > time.time() - 1
    assert deleted == ("DeleteRoom", {"room": str(ROOM)})
    assert server.refused == 0


async def test_the_server_refuses_another_secret(server, key):
    other = SECRET[::-1]
    assert not await ask(BigBlueButton(f"{server.address}/bigbluebutton/api", other, ""), asked("end"), moment())
    assert not await ask(LiveKit(LiveKitTokens("livekit-key", other), server.address, ""), asked("remove"), moment())
    assert (server.refused, server.asked) == (2, [])


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("mood", ["lying", "moved", "endless", "failing", "slow"])
async def test_an_answer_that_does_not_say_so_is_a_no(server, key, monkeypatch, name, mood):
    monkeypatch.setattr(calling, "LONGEST", 0.3)
    server.mood = mood
    assert not await ask(made(name, server.address, key), asked("end"), moment())


@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_dead_provider_and_a_missing_key_are_a_no(key, name):
    assert not await ask(made(name, "http://127.0.0.1:1", key), asked("end"), moment())
    assert not await ask(ByHand(), asked("end"), moment())
    key.unlink()
    assert name != "jitsi" or not await ask(made(name, "http://127.0.0.1:1", key), asked("end"), moment())


@pytest.mark.parametrize("pem", [b"", b"rubbish", PEM[:200]])
async def test_a_key_that_is_none_is_a_no(server, key, pem):
    key.write_bytes(pem)
    assert not await ask(made("jitsi", server.address, key), asked("end"), moment())


def test_a_room_that_is_gone_has_been_ended(key):
    for name, status, body in (
        ("jitsi", 404, b""),
        ("bigbluebutton", 200, b"<returncode>FAILED</returncode><messageKey>notFound</messageKey>"),
        ("livekit", 404, b'{"code": "not_found", "msg": "x"}'),
    ):
        assert made(name, "https://api.example", key).did(asked("end"), status, body)
    for name, status, body in (
        ("jitsi", 401, b""),
        ("bigbluebutton", 200, b"<returncode>FAILED</returncode><messageKey>checksumError</messageKey>"),
        ("livekit", 404, b'{"code": "bad_route"}'),
        ("livekit", 200, b"[]"),
    ):
        assert not made(name, "https://api.example", key).did(asked("end"), status, body)
