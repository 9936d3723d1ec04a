"""Room tokens of every provider: the only module that imports python-jose, and what it does not check by itself.

python-jose 3.5 accepts an empty secret, a missing `aud` or `exp`, ignores `crit`, and follows nothing that forbids
key material in the header. Each of those is refused here, and each has a test.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jose import jwt
from jose.exceptions import JOSEError

from multiagency.kernel.ids import uuid7

_ALGORITHM = "HS256"
_AUDIENCE, _OWN_DOOR = "jitsi", "door"
_REQUIRED = {f"require_{claim}": True for claim in ("exp", "nbf", "aud", "iss", "sub")}
_FORBIDDEN_HEADERS = frozenset({"crit", "jku", "x5u", "x5c", "jwk"})
_MINIMUM_KEY_BYTES = 32

CLOSED = (
    "recording",
    "livestreaming",
    "transcription",
    "inbound-call",
    "outbound-call",
    "sip-inbound-call",
    "sip-outbound-call",
    "file-upload",
    "list-visitors",
)
"""Features that Jitsi gives by token (`context.features`), all closed: without the claim a moderator has them all."""

LIFETIME = timedelta(seconds=60)
"""Long enough to follow a redirect on a bad line, too short to be worth passing on."""
_CLOCK_SKEW = timedelta(seconds=5)


_FOR_PROVIDER = timedelta(seconds=30)
"""How long a token lives with which the service itself speaks to a provider."""

Slot = tuple[datetime, datetime]
"""From when until when a room may be entered."""


def _times(now: datetime, slot: Slot | None) -> dict[str, int]:
    """Return `nbf` and `exp` in whole seconds: within the slot even so, for both are read as seconds."""
    since, until = now - _CLOCK_SKEW, now + LIFETIME
    if slot is not None:
        since, until = max(since, slot[0]), min(until, slot[1])
    return {"nbf": math.ceil(since.timestamp()) if slot else int(since.timestamp()), "exp": int(until.timestamp())}


class BadToken(Exception):
    """The token is not ours, not for this room, or not for now."""


@dataclass(frozen=True, slots=True)
class RoomPass:
    """What a room may know of somebody who enters: a pseudonym and a role-based name.

    `ticket` is the number of the token (RFC 7519 section 4.1.7); a later token has a higher one.
    """

    pseudonym: str
    display_name: str
    moderator: bool
    ticket: UUID = field(default_factory=uuid7, compare=False)


class RoomTokens:
    """Mints and checks tokens with Jitsi's claims (lib-jitsi-meet doc/tokens.md).

    The key is text, as Jitsi's `app_secret` is. Raises ValueError when it is not, or is short.
    """

    def __init__(self, key: bytes, issuer: str, domain: str, audience: str = _AUDIENCE) -> None:
        if not key.isascii() or not key.decode("ascii").isprintable():
            raise ValueError("the room key must be one line of printable ASCII, as Jitsi takes it")
        if len(key) < _MINIMUM_KEY_BYTES:
            raise ValueError(f"the room key must have at least {_MINIMUM_KEY_BYTES} bytes")
        self._key = key
        self._issuer, self._audience = issuer, audience
        self._domain = domain.lower()

    def at_own_door(self) -> "RoomTokens":
        """Return the tokens of the service's own door to a room: no video service takes one (SEC-0052)."""
        return RoomTokens(self._key, self._issuer, self._domain, _OWN_DOOR)

    def mint(self, room: str, holder: RoomPass, now: datetime, slot: Slot | None = None) -> str:
        """Return a token that opens `room` for `LIFETIME` from `now`, and never outside the slot."""
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": self._domain,
            "room": room,
            "jti": str(uuid7()),
            **_times(now, slot),
            "context": {
                "user": {"id": holder.pseudonym, "name": holder.display_name, "moderator": holder.moderator},
                "features": dict.fromkeys(CLOSED, False),
            },
        }
        return str(jwt.encode(claims, self._key, algorithm=_ALGORITHM))

    def check(self, token: str, room: str) -> RoomPass:
        """Return who holds a valid token for exactly this room. Raises `BadToken`, without saying why."""
        try:
            claims = self._claims(token)
            user = claims["context"]["user"]
            ticket = UUID(claims["jti"])
            holder = RoomPass(str(user["id"]), str(user["name"]), user["moderator"] is True, ticket)
        except (JOSEError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadToken from error
        if claims.get("room") != room:
            raise BadToken
        return holder

    def _claims(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        if header.get("alg") != _ALGORITHM or _FORBIDDEN_HEADERS & header.keys():
            raise BadToken
        claims: dict[str, Any] = jwt.decode(
            token,
            self._key,
            algorithms=[_ALGORITHM],
            audience=self._audience,
            issuer=self._issuer,
            subject=self._domain,
            options=_REQUIRED,
        )
        if claims.get("aud") != self._audience:  # a list is refused by Jitsi, so it is refused here
            raise BadToken
        return claims


class LiveKitTokens:
    """Mints LiveKit's tokens (docs.livekit.io, "Tokens & grants"): of people, and of the service itself.

    Raises ValueError when the secret is short.
    """

    def __init__(self, key: str, secret: str) -> None:
        if len(secret.encode()) < _MINIMUM_KEY_BYTES:
            raise ValueError(f"the secret of LiveKit must have at least {_MINIMUM_KEY_BYTES} bytes")
        self._key, self._secret = key, secret

    def mint(self, room: str, holder: RoomPass, now: datetime, slot: Slot) -> str:
        """Return a token that opens `room` as `RoomTokens.mint` does, to speak and be seen, and for nothing else."""
        grants = {"roomJoin": True, "room": room, "canPublish": True, "canSubscribe": True, "canPublishData": True}
        closed = dict.fromkeys(("roomAdmin", "roomCreate", "roomList", "roomRecord", "hidden", "recorder"), False)
        return self._sign({"sub": holder.pseudonym, "name": holder.display_name, "video": grants | closed}, now, slot)

    def for_service(self, grants: dict[str, object], now: datetime) -> str:
        """Return a token with which the service asks the server itself."""
        return self._sign({"video": grants}, now, (now - _CLOCK_SKEW, now + _FOR_PROVIDER))

    def _sign(self, claims: dict[str, object], now: datetime, slot: Slot) -> str:
        whole = {"iss": self._key, "jti": str(uuid7()), **_times(now, slot), **claims}
        return str(jwt.encode(whole, self._secret, algorithm=_ALGORITHM))


def jitsi_system_token(key: bytes, kid: str, issuer: str, now: datetime) -> str:
    """Return a token with which the service asks Jitsi itself (jitsi-meet `mod_muc_end_meeting`): RS256, by key pair.

    Raises ValueError for a key that is none.
    """
    claims = {"iss": issuer, "aud": _AUDIENCE, "sub": "*", "room": "*", "jti": str(uuid7())}
    times = _times(now, (now - _CLOCK_SKEW, now + _FOR_PROVIDER))
    try:
        return str(jwt.encode(claims | times, key.decode(), algorithm="RS256", headers={"kid": kid}))
    except JOSEError as error:
        raise ValueError("the key for Jitsi is no RSA key in PEM") from error
