"""Names in running text: Finnish words bend, so a part of a name is looked for by its stems.

The strong and the weak grade of the last consonants (Keksitty, Keksityn), and names in -nen (Virtanen, Virtasen).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

MASK = "[…]"
_SHORTEST = 4
"""Letters of a name from which its stem is looked for; shorter ones are found in any word."""
_WEAK = (("kk", "k"), ("pp", "p"), ("tt", "t"), ("nk", "ng"), ("nt", "nn"), ("lt", "ll"), ("rt", "rr"), ("mp", "mm"))
_WEAKER = (*_WEAK, ("ht", "hd"), ("k", ""), ("p", "v"), ("t", "d"))
_WORD = re.compile(r"[^\W\d_]{2,}")


def parts_of(names: Iterable[str]) -> set[str]:
    """Return the parts of names, as they are compared."""
    return {_folded(word) for name in names for word in _WORD.findall(name)}


def is_named(parts: Iterable[str], text: str) -> bool:
    """Tell whether a word of the text is one of these parts, also in an inflected form."""
    known = set(parts)
    return any(_is_one(known, word) for word in _WORD.findall(unicodedata.normalize("NFKC", text)))


def masked(parts: Iterable[str], text: str) -> str:
    """Return the text with a mask for every word that is one of these parts."""
    known = set(parts)
    return _WORD.sub(lambda found: MASK if _is_one(known, found[0]) else found[0], text)


def _is_one(parts: set[str], word: str) -> bool:
    folded = _folded(word)
    return any(folded.startswith(_stems(part)) if len(part) >= _SHORTEST else folded == part for part in parts)


@cache
def _stems(part: str) -> tuple[str, ...]:
    stem = part[:-1]
    weak = next((stem.removesuffix(strong) + weak for strong, weak in _WEAKER if stem.endswith(strong)), stem)
    bent = part.removesuffix("nen") + "s" if part.endswith("nen") else stem
    return tuple({found for found in (stem, weak, bent) if len(found) >= _SHORTEST - 1})


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()
