"""Passwords of demo and service accounts: scrypt with a salt of its own each (RFC 7914)."""

import hashlib
import hmac
import secrets

_COST = {"n": 2**14, "r": 8, "p": 1}
_SALT = 16


def hash_password(password: str) -> bytes:
    """Return salt and scrypt digest."""
    salt = secrets.token_bytes(_SALT)
    return salt + hashlib.scrypt(password.encode(), salt=salt, n=_COST["n"], r=_COST["r"], p=_COST["p"])


def matches(password: str, stored: bytes) -> bool:
    """Tell whether the password is right, in time that does not depend on where it differs."""
    salt, digest = stored[:_SALT], stored[_SALT:]
    computed = hashlib.scrypt(password.encode(), salt=salt, n=_COST["n"], r=_COST["r"], p=_COST["p"])
    return hmac.compare_digest(computed, digest)


NOBODY = hash_password(secrets.token_urlsafe())
"""Compared with when a login is unknown, so that unknown and wrong take the same time."""
