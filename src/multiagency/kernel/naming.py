"""Names in running text: Finnish words bend, so a part of a name is looked for by its stems.

The strong and the weak grade of the last consonants (Seppä, Sepän), names in -i (Lahti, Lahden), in -nen (Virtanen,
Virtasen) and in -s (Markus, Markuksen).
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
_ENDING = re.compile(
    "|a|ä|n|s|ta|tä|tta|ttä|in|an|än|en|on|un|yn|ön|lle|lla|llä|lta|ltä|ssa|ssä|sta|stä|na|nä|ksi|hin|seen"
)
"""Endings of the cases, and of the Swedish and English genitive."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def parts_of(names: Iterable[str]) -> set[str]:
    """Return the parts of names, as they are compared."""
    return {word for name in names for word in _words(name)}


def is_named(parts: Iterable[str], text: str) -> bool:
    """Tell whether a word of the text may be one of these parts in whatever form: better asked once too often."""
    known = set(parts)
    return any(
        word.startswith(_stems(part)) if _bends(part) else word == part for word in _words(text) for part in known
    )


def masked(parts: Iterable[str], text: str) -> str:
    """Return the text with a mask for every word that is one of these parts with an ending, and for no other."""
    known = set(parts)

    def instead(found: re.Match[str]) -> str:
        [word] = _words(found[0])
        return MASK if any(_is_form(part, word) for part in known) else found[0]

    return _WORD.sub(instead, unicodedata.normalize("NFC", text)) if known else text


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _bends(part: str) -> bool:
    return len(part) >= _SHORTEST


def _is_form(part: str, word: str) -> bool:
    return any(word.startswith(base) and _ENDING.fullmatch(word[len(base) :]) for base in _bases(part))


def _weakened(stem: str) -> str:
    return next((stem.removesuffix(strong) + weak for strong, weak in _WEAKER if stem.endswith(strong)), stem)


@cache
def _stems(part: str) -> tuple[str, ...]:
    found = {part[:-1], _weakened(part[:-1]), part.removesuffix("nen") + "s" if part.endswith("nen") else part[:-1]}
    return tuple(stem for stem in found if len(stem) >= _SHORTEST - 1)


@cache
def _bases(part: str) -> tuple[str, ...]:
    """Return what the endings are put to."""
    bases = {part, f"{part}i"}
    if _bends(part):
        stem = part[:-1]
        bases |= {_weakened(stem) + last for last in ((part[-1], "e") if part.endswith("i") else (part[-1],))}
        bases |= {f"{stem}e"} if part.endswith("i") else set()
        bases |= {f"{part[:-3]}s{vowel}" for vowel in ("e", "") if part.endswith("nen")}
        bases |= {f"{stem}{more}" for more in ("kse", "a", "i") if part.endswith("s")}
    return tuple(bases)
