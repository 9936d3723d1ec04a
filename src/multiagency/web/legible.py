"""Text as it may be shown: nothing in it moves or hides what stands beside it.

A control of direction (U+202E) shows a name backwards and goes on into the next word; an invisible character makes two
names look alike (Unicode TR 36 section 3.1, UAX 9 section 6). Both are shown as their code point. A text with letters
of a script that runs from right to left is isolated (UAX 9 section 2.4.1), so that it leaves its neighbours in place.
"""

import re
from collections.abc import Mapping

_ISOLATE, _END = "\u2068", "\u2069"
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls
    "\u061c\u200e\u200f\u202a-\u202e\u2066\u2067"  # of direction
    "\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\u180e"  # not seen
    "\U000e0000-\U000e007f"  # tags
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"  # no characters
)
_ISOLATES = re.compile(f"[{_ISOLATE}{_END}]")
_FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")

_ODD = re.compile("|".join(one.pattern for one in (_UNFIT, _ISOLATES, _FROM_RIGHT)))


def mark(char: str) -> str:
    """Return what is written in place of a character that cannot be shown."""
    return f"[U+{ord(char):04X}]"


def legible(text: str) -> str:
    """Return the text as it may be shown; what is so already stays as it is."""
    if _ODD.search(text) is None:
        return text
    shown = _UNFIT.sub(lambda found: mark(found[0]), text)
    if not _closes_all(shown):
        shown = _ISOLATES.sub(lambda found: mark(found[0]), shown)
    isolated = shown.startswith(_ISOLATE) and shown.endswith(_END)
    return f"{_ISOLATE}{shown}{_END}" if _FROM_RIGHT.search(shown) and not isolated else shown


def in_sentence(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a sentence as they may stand in it: a name that runs from the right moves nothing else."""
    return {name: legible(value) if isinstance(value, str) else value for name, value in values.items()}


def _closes_all(text: str) -> bool:
    """Tell whether every isolate of the text ends in it, and nothing ends that did not begin."""
    depth = 0
    for found in _ISOLATES.findall(text):
        depth += 1 if found == _ISOLATE else -1
        if depth < 0:
            return False
    return depth == 0
