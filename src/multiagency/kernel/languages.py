"""Languages: catalogues of sentences in TOML, Finnish first, the Sámi languages falling back to Finnish."""

import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any


class Language(StrEnum):
    """Codes as in BCP 47; Finnish is first and the fallback of all."""

    FI = "fi"
    SV = "sv"
    EN = "en"
    SE = "se"
    SMN = "smn"
    SMS = "sms"


COMPLETE = (Language.FI, Language.SV, Language.EN)
"""Languages in which every sentence exists; a test compares their keys."""


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _read(directory: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(directory.glob("*.toml")):
        for key, sentence in _flatten(tomllib.loads(path.read_text("utf-8"))):
            if key in found:
                raise ValueError(f"{path.name}: {key} stands in another catalogue already")
            found[key] = sentence
    return found


class Catalogue:
    """All sentences of all languages, read once from `directory/<language>/*.toml`.

    Raises ValueError for a key that two files have: one of its sentences would never be said.
    """

    def __init__(self, directory: Path) -> None:
        self.sentences = {language: _read(directory / language) for language in Language}

    def add(self, language: Language, words: Mapping[str, Any]) -> None:
        """Let these words be said too; they replace those of the same keys."""
        self.sentences[language].update(_flatten(words))

    def say(self, language: Language, key: str, **values: object) -> str:
        """Return the sentence with its values filled in. Raises KeyError for a key that Finnish does not have."""
        sentence = self.sentences[language].get(key) or self.sentences[Language.FI][key]
        return sentence.format(**values) if values else sentence

    def negotiate(self, accept: str, fallback: Language = Language.FI) -> Language:
        """Return the first language of an Accept-Language header (RFC 9110 section 12.5.4) that is known here."""
        weighted = []
        for position, item in enumerate(accept.split(",")):
            tag, _, quality = item.partition(";q=")
            try:
                weighted.append((-float(quality or 1), position, tag.strip().lower().split("-")[0]))
            except ValueError:
                continue
        known = set(Language)
        return next((Language(tag) for weight, _, tag in sorted(weighted) if tag in known and weight < 0), fallback)
