"""Identifiers: UUIDv7 for rows, short random references for people, opaque secrets for doors."""

import hashlib
import re
import secrets
import time
from datetime import datetime
from uuid import UUID

_READABLE = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""No vowels, no 0/O or 1/I/L: a reference spells nothing and survives being read out on the telephone."""
_REFERENCE = re.compile(rf"[{_READABLE}]{{4}}-[{_READABLE}]{{4}}")


def uuid7() -> UUID:
    """Return a time-ordered UUID (RFC 9562 section 5.7), made before the insert because encryption binds to it."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def first_id_at(moment: datetime) -> UUID:
    """Return the smallest id that `uuid7` could make in the millisecond of this moment."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62)


def reference() -> str:
    """Return a random reference such as `K7QM-2XWD` (about 38 bits) that carries no meaning."""
    letters = "".join(secrets.choice(_READABLE) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def as_reference(text: str) -> str:
    """Return what somebody typed as it is stored; text that no reference can be becomes one that never exists."""
    wanted = text.strip().upper()
    return wanted if _REFERENCE.fullmatch(wanted) else ""


def has_a_reference(text: str) -> bool:
    """Tell whether something of the shape of a reference stands anywhere in a text."""
    return re.search(rf"(?<!\w){_REFERENCE.pattern}(?!\w)", text.upper()) is not None


def secret() -> str:
    """Return 256 random bits as URL-safe text, for a session or a private address."""
    return secrets.token_urlsafe(32)


def secret_hash(value: str) -> bytes:
    """Return the SHA-256 under which a random secret is stored; the secret itself never is."""
    return hashlib.sha256(value.encode()).digest()
