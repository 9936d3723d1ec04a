"""Whether a title names somebody of the case: an action stays with its owner when everything else has ended."""

import re
import unicodedata

from multiagency.cases.desk import Desk
from multiagency.cases.reading import read_case
from multiagency.kernel.access import Kind

_SHORTEST = 4
"""Letters of a name from which its stem is looked for: Finnish words bend, and shorter ones are found in any word."""


async def names_in(desk: Desk, title: str) -> bool:
    """Tell whether the title has a part of a name of the client or a party, also in an inflected form."""
    view = await read_case(desk, {Kind.IDENTITY, Kind.PARTY})
    names = [view.client["name"] if view.client else "", *(party.name for party in view.parties)]
    parts = {part for name in names for part in _words(name)}
    return any(_is(part, word) for part in parts for word in _words(title))


def _is(part: str, word: str) -> bool:
    return word.startswith(part[:-1]) if len(part) >= _SHORTEST else word == part


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W\d_]+", unicodedata.normalize("NFKC", text).casefold()) if len(word) > 1]
