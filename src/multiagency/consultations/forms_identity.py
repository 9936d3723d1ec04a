"""What in a text tells who somebody is: codes, numbers and addresses by their pattern, and words that may be names.

It is looked for in the text alone. Nothing here is compared with anybody whom the service knows (requirement 80).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

_STREET = (
    r"kat[uj]|kad[ua]|kuja|polu|polku|raiti|raitti|väylä|kaare?|aukio|ranta|ranna|rinne|rintee|penger|penkere|mäki|mäe"
    r"|puisti|gatan?|vägen|gränd|stigen|esplanad|bulevard"
)
_ROAD = r"tie(?:n|tä|llä|ltä|lle|ssä|stä|hen)?"
CODES = ("identity_code",)
"""Patterns that say who somebody is wherever they stand."""
_PATTERNS = {
    "identity_code": r"(?<!\w)\d{6}\s*[-+A-FU-Y]\s*\d{3}\s*\w(?!\w)",
    "mail_address": r"[^\s@<>]+\s?@\s?[^\s@<>]+|\w+\s?\(at\)\s?\w+",
    "street": rf"\b\w{{2,}}(?:(?:{_STREET})\w{{0,6}}|{_ROAD})\s+\d{{1,4}}(?:\s?[a-z]\b)?|\b\d+\s\w+\s(?:street|road)\b",
    "postcode": r"(?<!\w)(?:FI-)?\d{5},?\s+(?-i:[A-ZÅÄÖ])\w+",
    "telephone": r"(?<![\w.,])[+0]\d(?:[ ()/-]{0,2}\d){5,}|(?<![\w.])0\d{1,2}\.\d{3}\.\d{3,4}\b|(?<!\w)\d{7,}(?!\w)",
}
_FOUND = {what: re.compile(pattern, re.IGNORECASE) for what, pattern in _PATTERNS.items()}
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NOT_A_START = re.compile(r"(?:^|[^\w])[^\W\d_]\.$")
_LINE_BEGINS = re.compile(r"(?:^|\n)\s*[-*•]?$")
_ENGLISH = ("I'", "I’")
_STEM, _ENDING = 2, 3


def plain(text: str) -> str:
    """Return a text as it is looked through: one kind of hyphen and of digit, nothing that nobody sees."""
    seen = (char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return "".join("-" if unicodedata.category(char) == "Pd" or char == "\u2212" else char for char in seen)


def what_tells(text: str, wanted: Iterable[str] = tuple(_FOUND)) -> list[str]:
    """Return which of these patterns stand in the text; what one has found is not found again by another."""
    left, found = plain(text), []
    for what in wanted:
        left, number = _FOUND[what].subn(" ", left)
        found += [what] if number else []
    return found


def words_like_names(text: str, known: Callable[[str], bool]) -> list[str]:
    """Return the words that begin with a capital inside a sentence, and are not `known`, each once in their order.

    The first word of a sentence tells nothing by its capital, unless such a word follows it: given name and surname.
    """
    looked, found = plain(text), dict[str, None]()
    first: re.Match[str] | None = None
    for word in _WORD.finditer(looked):
        capital = word[0][0].isupper() and len(word[0]) > 1 and not word[0].startswith(_ENGLISH)
        starts = capital and _starts_sentence(looked[: word.start()])
        if capital and not starts and not known(word[0]):
            if first and looked[first.end() : word.start()].isspace():
                found[first[0]] = None
            found[word[0]] = None
        first = word if starts and not known(word[0]) else None
    return list(found)


def _starts_sentence(before: str) -> bool:
    """Tell whether a sentence begins after this; an initial with its point ends none."""
    left = before.rstrip(" \t\u00a0\"'”“’»(")
    if not left or _LINE_BEGINS.search(left):
        return True
    return left[-1] in "!?…" or (left[-1] == "." and not _NOT_A_START.search(left))


def knows(names: Iterable[str]) -> Callable[[str], bool]:
    """Return what tells whether a word stands in one of these names, in whatever case it is inflected."""
    words = {word.casefold() for name in names for word in _WORD.findall(plain(name)) if len(word) > 2}

    def known(word: str) -> bool:
        wanted = word.casefold()
        return any(_is_form_of(wanted, name) for name in words)

    return known


def _is_form_of(word: str, name: str) -> bool:
    stem = name[: max(_STEM * 2, len(name) - _STEM)]
    return word == name or (word.startswith(stem) and len(word) <= len(name) + _ENDING)
