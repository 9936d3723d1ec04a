"""The keyed hashes by which a person may be found again: certain ones and weaker ones, and none for a placeholder."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import combinations, product
from pathlib import Path

from multiagency.kernel.lookup import Looked, Lookup, folded

STRONG = frozenset({Looked.IDENTITY_CODE, Looked.NAME_AND_BIRTH})
"""What nearly always belongs to one person; all else may belong to two."""
_IMPLIED = {
    Looked.NAME: {Looked.SIMILAR_NAME, Looked.NAME_PARTS},
    Looked.SIMILAR_NAME: {Looked.NAME_PARTS},
    Looked.NAME_AND_BIRTH: {Looked.PART_AND_BIRTH},
}
_MOST_PARTS = 8
"""Parts of a name that are taken in pairs: the longest names would make thousands."""
Key = tuple[Looked, bytes]
Part = tuple[int, str]
"""A part of a name, and in which word of it it stands."""


@cache
def _placeholders() -> tuple[list[list[str]], frozenset[str]]:
    """Return the phrases for an unknown name, the longest first, and the words that only describe somebody."""
    said = tomllib.loads((Path(__file__).parent / "placeholders.toml").read_text("utf-8"))
    phrases = [[part for _, part in _parts(phrase)] for phrase in said["unknown"]]
    described = frozenset(part for word in said["described"] for _, part in _parts(word))
    return sorted(phrases, key=len, reverse=True), described


def _parts(name: str) -> list[Part]:
    return [(place, part) for place, word in enumerate(folded(name)) for part in word]


def _known(parts: list[Part]) -> list[Part]:
    """Leave out every phrase for an unknown name, and what has no letter."""
    for phrase in _placeholders()[0]:
        start = 0
        while start <= len(parts) - len(phrase):
            if [part for _, part in parts[start : start + len(phrase)]] == phrase:
                parts = parts[:start] + parts[start + len(phrase) :]
            else:
                start += 1
    return [part for part in parts if any(map(str.isalpha, part[1]))]


def is_placeholder(name: str) -> bool:
    """Tell whether nobody is named: "unknown", "N.N.", "-", "unknown man", or one name beside such a word."""
    written = [part for part in _parts(name) if any(map(str.isalpha, part[1]))]
    known, described = _known(_parts(name)), _placeholders()[1]
    if all(part in described for _, part in known):
        return True
    return len(known) < len(written) and len(known) < 2


def keys_of(lookup: Lookup, names: Iterable[str], births: Iterable[str], identity_code: str) -> set[Key]:
    """Return every hash by which the person may be found: by the code, by each name, by names with birth dates."""
    known, born = set(filter(None, names)), set(filter(None, births))
    found = {key for name in known for key in _of_name(lookup, name, born)}
    return found | (
        {(Looked.IDENTITY_CODE, lookup.hash(Looked.IDENTITY_CODE, identity_code))} if identity_code else set()
    )


def _of_name(lookup: Lookup, name: str, born: Iterable[str]) -> Iterator[Key]:
    parts = _known(_parts(name))
    saying = [part for part in parts if part[1] not in _placeholders()[1] and len(part[1]) > 1]
    for (_, part), day in product(saying, born):
        yield Looked.PART_AND_BIRTH, lookup.hash(Looked.PART_AND_BIRTH, part, day)
    if is_placeholder(name):
        return
    plain = " ".join(part for _, part in parts)
    yield Looked.NAME, lookup.hash(Looked.NAME, name)
    yield Looked.SIMILAR_NAME, lookup.hash(Looked.SIMILAR_NAME, plain)
    for day in born:
        yield Looked.NAME_AND_BIRTH, lookup.hash(Looked.NAME_AND_BIRTH, plain, day)
    for (place, one), (other_place, other) in combinations(saying[:_MOST_PARTS], 2):
        if place != other_place:  # the two halves of a double name say no more than one
            yield Looked.NAME_PARTS, lookup.hash(Looked.NAME_PARTS, f"{one} {other}")


def telling(whats: Iterable[Looked]) -> list[Looked]:
    """Return what agrees without what follows from the rest of it, the most certain first."""
    agreeing = set(whats)
    implied = {weaker for what in agreeing for weaker in _IMPLIED.get(what, ())}
    return sorted(agreeing - implied, key=list(Looked).index)


def strong(whats: Sequence[Looked]) -> bool:
    """Tell whether what agrees nearly always belongs to one person."""
    return not STRONG.isdisjoint(whats)
