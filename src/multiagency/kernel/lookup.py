"""Keyed look-up: finds the same identity code, name or birth date again without storing it readably.

HMAC-SHA256 under a key that stands outside the database; a stolen dump cannot be tried against a list of all codes.
"""

import hashlib
import hmac
import unicodedata
from enum import StrEnum

from multiagency.kernel.identity_code import tidy

_MINIMUM_KEY_BYTES = 32


class Looked(StrEnum):
    """What a hash stands for; hashes of different things never meet."""

    IDENTITY_CODE = "identity_code"
    NAME = "name"
    NAME_AND_BIRTH = "name_and_birth"


class Lookup:
    """Makes look-up hashes. Raises ValueError on a key shorter than 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) < _MINIMUM_KEY_BYTES:
            raise ValueError(f"the look-up key must have at least {_MINIMUM_KEY_BYTES} bytes")
        self._key = key

    def hash(self, what: Looked, *texts: str) -> bytes:
        """Return the 32 bytes that stand for these texts, whatever their case, accents' form and spacing."""
        alike = tidy if what is Looked.IDENTITY_CODE else normalised
        message = "\x1f".join((what, *map(alike, texts))).encode()
        return hmac.new(self._key, message, hashlib.sha256).digest()


def normalised(text: str) -> str:
    """Return the one form in which texts are compared: NFKC, case-folded, single spaces, name parts in order.

    The order of name parts does not count: "Esimerkki Aili" and "aili  esimerkki" are one name.
    """
    return " ".join(sorted(unicodedata.normalize("NFKC", text).casefold().replace(",", " ").split()))
