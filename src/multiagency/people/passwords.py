"""Passwords of demo and service accounts: scrypt with a salt of its own each (RFC 7914)."""

import hashlib
import hmac
import secrets

COST = 14
"""How dear a guess is, as the exponent of scrypt's n: 2^14 blocks of r = 8 are 16 MiB."""
_SALT, _DIGEST = 16, 64


def hash_password(password: str, cost: int = COST) -> bytes:
    """Return salt, scrypt digest and cost; only what guards nothing may cost less than `COST`."""
    salt = secrets.token_bytes(_SALT)
    return salt + _digest(password, salt, cost) + bytes([cost])


def matches(password: str, stored: bytes) -> bool:
    """Tell whether the password is right, in time that does not depend on where it differs."""
    salt, digest, cost = stored[:_SALT], stored[_SALT : _SALT + _DIGEST], stored[_SALT + _DIGEST :]
    # Before costs were stored, all were 14.
    return hmac.compare_digest(_digest(password, salt, cost[0] if cost else 14), digest)


def _digest(password: str, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**cost, r=8, p=1, dklen=_DIGEST)


NOBODY = secrets.token_bytes(_SALT + _DIGEST) + bytes([COST])
"""Compared with when a login is unknown, so that unknown and wrong take the same time; no password has this digest."""
