"""Room tokens: the only module that imports python-jose, and everything it does not check by itself.

python-jose 3.5 accepts an empty secret, a missing `aud` or `exp`, ignores `crit`, and follows nothing that forbids
key material in the header. Each of those is refused here, and each has a test.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jose import jwt
from jose.exceptions import JOSEError

from multiagency.kernel.ids import uuid7

_ALGORITHM = "HS256"
_AUDIENCE = "jitsi"
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

    def __init__(self, key: bytes, issuer: str, domain: str) -> None:
        if not key.isascii() or not key.decode("ascii").isprintable():
            raise ValueError("the room key must be one line of printable ASCII, as Jitsi takes it")
        if len(key) < _MINIMUM_KEY_BYTES:
            raise ValueError(f"the room key must have at least {_MINIMUM_KEY_BYTES} bytes")
        self._key = key
        self._issuer = issuer
        self._domain = domain.lower()

    def mint(self, room: str, holder: RoomPass, now: datetime) -> str:
        """Return a token that opens `room` for `LIFETIME` from `now`."""
        claims = {
            "iss": self._issuer,
            "aud": _AUDIENCE,
            "sub": self._domain,
            "room": room,
            "jti": str(uuid7()),
            "nbf": int((now - _CLOCK_SKEW).timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
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
            audience=_AUDIENCE,
            issuer=self._issuer,
            subject=self._domain,
            options=_REQUIRED,
        )
        if claims.get("aud") != _AUDIENCE:  # a list is refused by Jitsi, so it is refused here
            raise BadToken
        return claims
