"""Every attack that python-jose 3.5 lets through by itself must fail here."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from jose import jwt

from multiagency.audit.keyfiles import make_key_files
from multiagency.kernel.tokens import BadToken, RoomPass, RoomTokens

KEY = b"k" * 32
ROOM = "01a2-room"
HOLDER = RoomPass("pseudonym", "Police, inspector", moderator=False)


@pytest.fixture
def tokens():
    return RoomTokens(KEY, "multiagency", "Meet.Example")


def claims(tokens, **changes):
    found = jwt.get_unverified_claims(tokens.mint(ROOM, HOLDER, datetime.now(UTC)))
    found.update(changes)
    return {name: value for name, value in found.items() if value is not None}


def test_a_token_opens_its_own_room(tokens):
    assert tokens.check(tokens.mint(ROOM, HOLDER, datetime.now(UTC)), ROOM) == HOLDER


def test_it_carries_what_jitsi_asks_for(tokens):
    moment = datetime.now(UTC)
    found = jwt.get_unverified_claims(tokens.mint(ROOM, HOLDER, moment))
    assert (found["aud"], found["iss"], found["sub"], found["room"]) == ("jitsi", "multiagency", "meet.example", ROOM)
    assert found["exp"] - int(moment.timestamp()) == 60
    assert found["nbf"] <= int(moment.timestamp())


def test_sec0036_whoever_holds_a_token_can_neither_record_nor_stream_nor_transcribe_nor_dial_out(tokens):
    for moderator in (True, False):
        holder = RoomPass("pseudonym", "Police, inspector", moderator)
        context = jwt.get_unverified_claims(tokens.mint(ROOM, holder, datetime.now(UTC)))["context"]
        closed = {"recording", "livestreaming", "transcription", "outbound-call", "sip-outbound-call", "inbound-call"}
        assert closed <= set(context["features"])
        assert set(context["features"].values()) == {False}


def test_each_token_has_a_number_of_its_own(tokens):
    moment = datetime.now(UTC)
    numbers = {tokens.check(tokens.mint(ROOM, HOLDER, moment), ROOM).ticket for _ in range(20)}
    assert len(numbers) == 20


@pytest.mark.parametrize("key", [bytes(range(200, 232)), b"k" * 32 + b"\n", "ä".encode() * 20, b"k" * 31 + b"\x00"])
def test_a_key_that_jitsi_cannot_take_as_its_secret_is_refused(key):
    with pytest.raises(ValueError, match="printable ASCII"):
        RoomTokens(key, "multiagency", "meet.example")


def test_the_key_file_is_text_that_jitsi_takes(tmp_path):
    make_key_files(tmp_path, "test.example/log")
    secret = (tmp_path / "room.key").read_text(encoding="ascii")
    assert re.fullmatch(r"[\w-]{43}\n", secret)
    token = RoomTokens(secret.strip().encode(), "multiagency", "meet.example").mint(ROOM, HOLDER, datetime.now(UTC))
    assert jwt.decode(token, secret.strip(), algorithms=["HS256"], audience="jitsi")["room"] == ROOM


def test_another_room_is_refused(tokens):
    with pytest.raises(BadToken):
        tokens.check(tokens.mint(ROOM, HOLDER, datetime.now(UTC)), "another-room")


def test_it_lives_a_minute(tokens):
    with pytest.raises(BadToken):
        tokens.check(tokens.mint(ROOM, HOLDER, datetime.now(UTC) - timedelta(seconds=61)), ROOM)


def test_it_does_not_open_before_its_time(tokens):
    with pytest.raises(BadToken):
        tokens.check(tokens.mint(ROOM, HOLDER, datetime.now(UTC) + timedelta(minutes=5)), ROOM)


@pytest.mark.parametrize("missing", ["exp", "nbf", "aud", "iss", "sub", "room", "context"])
def test_every_claim_is_required(tokens, missing):
    with pytest.raises(BadToken):
        tokens.check(jwt.encode(claims(tokens, **{missing: None}), KEY, algorithm="HS256"), ROOM)


@pytest.mark.parametrize(
    "changed", [{"aud": "other"}, {"aud": ["jitsi"]}, {"iss": "other"}, {"sub": "other"}, {"room": "*"}]
)
def test_a_wrong_claim_is_refused(tokens, changed):
    with pytest.raises(BadToken):
        tokens.check(jwt.encode(claims(tokens, **changed), KEY, algorithm="HS256"), ROOM)


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_refused(tokens, algorithm):
    with pytest.raises(BadToken):
        tokens.check(jwt.encode(claims(tokens), KEY, algorithm=algorithm), ROOM)


def test_no_algorithm_is_refused(tokens):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    with pytest.raises(BadToken):
        tokens.check(f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims(tokens))}.", ROOM)


def test_another_key_is_refused(tokens):
    with pytest.raises(BadToken):
        tokens.check(RoomTokens(b"x" * 32, "multiagency", "meet.example").mint(ROOM, HOLDER, datetime.now(UTC)), ROOM)


@pytest.mark.parametrize("header", ["crit", "jku", "x5u", "x5c", "jwk"])
def test_headers_that_bring_their_own_rules_are_refused(tokens, header):
    with pytest.raises(BadToken):
        tokens.check(jwt.encode(claims(tokens), KEY, algorithm="HS256", headers={header: ["exp"]}), ROOM)


@pytest.mark.parametrize("key", [b"", b"short", b"k" * 31])
def test_a_short_key_is_refused_at_the_start(key):
    with pytest.raises(ValueError, match="32 bytes"):
        RoomTokens(key, "multiagency", "meet.example")


@pytest.mark.parametrize("garbage", ["", "a", "a.b", "a.b.c", "ä.ö.å", "." * 500])
def test_garbage_is_refused(tokens, garbage):
    with pytest.raises(BadToken):
        tokens.check(garbage, ROOM)
