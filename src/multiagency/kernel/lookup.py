"""Keyed look-up: finds the same identity code, name or birth date again without storing it readably.

HMAC-SHA256 under a key that stands outside the database; a stolen dump cannot be tried against a list of all codes.
"""

import hashlib
import hmac
import re
import unicodedata
from enum import StrEnum

from multiagency.kernel.identity_code import tidy

_MINIMUM_KEY_BYTES = 32
_APOSTROPHES = dict.fromkeys(map(ord, "'`\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u201b\u2032\uff07"))
_PLAIN = str.maketrans(
    {"\u00f8": "o", "\u0111": "d", "\u0142": "l", "\u0167": "t", "\u014b": "n", "\u00e6": "ae", "\u0153": "oe"}
    | {"\u0131": "i", "\u01e5": "g", "\u0292": "z", "\u00f0": "d", "\u00fe": "th"}
)
"""Letters of names in the North that are no letter with an accent to Unicode, and how they are written without."""
_PART = re.compile(r"[^\W_]+")


class Looked(StrEnum):
    """What a hash stands for; hashes of different things never meet.

    A similar name is one without accents, apostrophes and hyphens; a name with a birth date is such a one. Weaker than
    these are one part of a name with a birth date, and two parts without one.
    """

    IDENTITY_CODE = "identity_code"
    NAME = "name"
    NAME_AND_BIRTH = "name_and_birth"
    SIMILAR_NAME = "similar_name"
    PART_AND_BIRTH = "part_and_birth"
    NAME_PARTS = "name_parts"


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

    def exact(self, purpose: str, *contents: bytes) -> bytes:
        """Return the 32 bytes that stand for exactly these contents, for one purpose only; they tell nobody what."""
        message = b"".join(len(part).to_bytes(8, "big") + part for part in (b"exact", purpose.encode(), *contents))
        return hmac.new(self._key, message, hashlib.sha256).digest()


def normalised(text: str) -> str:
    """Return the one form in which texts are compared: NFKC, case-folded, single spaces, name parts in order.

    The order of name parts does not count: "Esimerkki Aili" and "aili  esimerkki" are one name.
    """
    return " ".join(sorted(unicodedata.normalize("NFKC", text).casefold().replace(",", " ").split()))


def folded(name: str) -> list[list[str]]:
    """Return the words of a name, each as its parts: without case, accents and apostrophes, apart at hyphens and dots.

    "O\u2019Hara-M\u00e4ki, Aili" is [["ohara", "maki"], ["aili"]].
    """
    plain = unicodedata.normalize("NFKC", name.translate(_APOSTROPHES)).casefold().replace(",", " ")
    letters = (char for char in unicodedata.normalize("NFKD", plain) if unicodedata.category(char) != "Mn")
    words = "".join(letters).translate(_PLAIN).split()
    return [parts for parts in map(_PART.findall, words) if parts]
