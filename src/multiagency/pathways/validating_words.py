"""Rules of words and of the texts of consents: complete in Finnish, Swedish and English, and of what there is."""

from collections.abc import Iterable

from multiagency.kernel.inputs import is_seen
from multiagency.kernel.languages import COMPLETE, Language
from multiagency.kernel.toml_lines import Path
from multiagency.pathways.definition import StageKind
from multiagency.pathways.validating_shape import Found, Raw, codes, numbers, table, tables, text, texts, unknown

BLANK = "___"
"""What stands where somebody must write (`skeleton/`)."""


def said_of(raw: Raw) -> dict[str, list[str]]:
    """Return the tables of words, each with the codes that it must have a word for."""
    living = [row for _, row in tables(raw, "stages") if text(row, "kind") != StageKind.WITHDRAWN]
    return {
        "stage": codes(raw, "stages"),
        "now": [code for row in living if (code := text(row, "code"))],
        "purpose": [purpose for _, purpose in texts(raw, "consent_purposes")],
        "reason": [reason for _, reason in texts(table(raw, "target"), "reasons")],
        "source": [source for _, source in texts(table(raw, "target"), "sources")],
        "outcome": codes(raw, "outcomes"),
        "clock": codes(raw, "clocks"),
    }


def words(raw: Raw) -> Found:
    """Every word stands in every complete language, is written, and is of something that the definition has."""
    said = table(raw, "words")
    for language in said:
        if language not in set(Language):
            yield unknown(("words", language), "language", language, Language)
    for language in COMPLETE:
        yield from _language(said, language, said_of(raw))
    yield from _leaves(said, ("words",))


def _language(said: Raw, language: str, wanted: dict[str, list[str]]) -> Found:
    here: Path = ("words", language)
    found = table(said, language)
    if not found:
        yield ("words",), f"[words.{language}] is missing"
        return
    if "name" not in found:
        yield here, f"[words.{language}] has no `name`"
    for part, needed in wanted.items():
        if needed and part not in found:
            yield here, f"[words.{language}.{part}] is missing: {', '.join(needed)}"
            continue
        yield from _part((*here, part), table(found, part), part, needed)


def _part(here: Path, found: Raw, part: str, needed: Iterable[str]) -> Found:
    for code in needed:
        if code not in found:
            yield here, f"[{'.'.join(map(str, here))}] has no `{code}`"
    for code in found:
        if code not in needed and part != "now":
            yield (*here, code), f"a word for the {part} `{code}`, which the definition does not have"


def _leaves(value: object, path: Path) -> Found:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _leaves(below, (*path, name))
    elif not isinstance(value, str):
        yield path, f"`{path[-1]}` is no text"
    elif not is_seen(value):
        yield path, f"`{path[-1]}` is empty"


def blanks(value: object, path: Path = ()) -> Found:
    """Tell what nobody has filled in yet."""
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, below in rows:
        yield from blanks(below, (*path, name))
    if isinstance(value, str) and BLANK in value:
        yield path, f"`{path[-1]}` is still to be filled in"


def consent_text(raw: Raw) -> Found:
    """Tell what is wrong with one text of a consent: a title, and parts with a heading and a text each."""
    yield from blanks(raw)
    for name in raw:
        if name not in {"title", "parts"}:
            yield (name,), f"unknown key `{name}`: a text has `title` and [[parts]]"
    yield from _written(raw, ("title",), ())
    if not tables(raw, "parts"):
        yield (), "there is no [[parts]]"
    for path, row in tables(raw, "parts"):
        for name in row:
            if name not in {"heading", "text"}:
                yield (*path, name), f"unknown key `{name}`: a part has `heading` and `text`"
        yield from _written(row, ("heading", "text"), path)


def _written(row: Raw, keys: Iterable[str], path: Path) -> Found:
    for name in keys:
        value = row.get(name)
        if not isinstance(value, str) or not is_seen(value):
            yield (*path, name), f"`{name}` is missing or empty"


def consent_version(raw: Raw, definition: Raw) -> Found:
    """Tell what is wrong with the `version.toml` of a text: since when it is shown, and to which teams."""
    for name in raw:
        if name not in {"valid_from", "parameter"}:
            yield (name,), f"unknown key `{name}`: `valid_from`, and `parameter` for a variant"
    if not hasattr(raw.get("valid_from"), "toordinal"):
        yield ("valid_from",), "`valid_from` must be a day, such as 2026-01-01"
    if "parameter" in raw and text(raw, "parameter") not in numbers(definition):
        yield ("parameter",), f"there is no parameter `{raw['parameter']}` in the definition"
