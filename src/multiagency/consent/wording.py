"""The texts that are shown when consent is asked for: versioned, dated, and never edited once published.

`texts/<pathway>/<version>/<language>.toml`; the Sámi languages fall back to Finnish, and the page says so.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from multiagency.kernel.clock import today
from multiagency.kernel.errors import Invalid
from multiagency.kernel.languages import COMPLETE, Language

_TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One text in one language; `language` is the one it is written in, `parts` are (heading, text)."""

    version: str
    language: Language
    title: str
    parts: tuple[tuple[str, str], ...]

    @property
    def digest(self) -> str:
        """Return the SHA-256 (hex) of everything that is shown, in its order."""
        shown = [self.title, *(line for part in self.parts for line in part)]
        return hashlib.sha256("\n".join(shown).encode()).hexdigest()


def written_in(language: str) -> Language:
    """Return the language in which somebody asked in `language` is shown the text: Finnish where there is none."""
    return Language(language) if language in set(COMPLETE) else Language.FI


@cache
def text_of(pathway: str, version: str, language: Language) -> ConsentText:
    """Return a text. Raises FileNotFoundError for a version that was never published."""
    read = tomllib.loads((_TEXTS / pathway / version / f"{language}.toml").read_text("utf-8"))
    return ConsentText(version, language, read["title"], tuple((p["heading"], p["text"]) for p in read["parts"]))


@cache
def _versions(pathway: str) -> dict[str, date]:
    found = (_TEXTS / pathway).glob("*/version.toml")
    return {path.parent.name: tomllib.loads(path.read_text("utf-8"))["valid_from"] for path in found}


def version_in_force(pathway: str) -> str:
    """Return the version that is to be shown today."""
    day, versions = today(), _versions(pathway)
    return max((valid_from, version) for version, valid_from in versions.items() if valid_from <= day)[1]


def text_shown(pathway: str, version: str | None, language: str) -> ConsentText:
    """Return the text that was shown: the one in force unless a version is named.

    Raises `Invalid` naming `text_version` for one that is not published, or not yet in force.
    """
    wanted = version or version_in_force(pathway)
    valid_from = _versions(pathway).get(wanted)
    if valid_from is None or valid_from > today():
        raise Invalid.of("text_version", "consent.unknown_text")
    return text_of(pathway, wanted, written_in(language))
