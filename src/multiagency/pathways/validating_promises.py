"""Rules of what a definition declares and nothing would ask for: a forgotten line, that nobody would notice in time."""

from collections.abc import Iterator

from multiagency.kernel.languages import COMPLETE
from multiagency.kernel.toml_lines import Path
from multiagency.pathways.validating_shape import Found, Raw, table, tables, text, texts

_MEASURING = ("assessment", "measured")


def _asked(raw: Raw) -> set[str]:
    """Return the conditions that any move asks for."""
    rows = [one for _, move in tables(raw, "moves") for one in _needs(move)]
    return {one if isinstance(one, str) else text(one, "condition") for one in rows if isinstance(one, str | dict)}


def _needs(move: Raw) -> list[object]:
    found = move.get("needs")
    return found if isinstance(found, list) else []


def promises(raw: Raw) -> Found:
    """What is declared is asked for by a move; what measures has an instrument."""
    asked = _asked(raw)
    for path, condition in _declared(raw):
        if condition not in asked:
            yield path, f"`{path[-1]}` is declared, but no move asks for `{condition}`: nothing would hold it"
    for condition in _MEASURING:
        if condition in asked and not raw.get("instruments"):
            yield (
                ("moves",),
                f"`{condition}` is asked for, but there are no `instruments`: no case would come past it",
            )
    if raw.get("check_with"):
        for language in COMPLETE:
            if "check" not in table(table(raw, "words"), language):
                yield ("check_with",), f"[words.{language}] has no `check`: what is said of it"


def _declared(raw: Raw) -> Iterator[tuple[Path, str]]:
    """Give what is declared with the condition that holds it."""
    if texts(raw, "consent_purposes"):
        yield ("consent_purposes",), "consent"
    for name in ("youngest", "oldest"):
        if name in table(raw, "target"):
            yield ("target", name), "age"
    if table(raw, "table").get("required"):
        yield ("table", "required"), "offices_at_table"
    for path, row in tables(raw, "parties"):
        if row.get("needed") is True:
            yield (*path, "needed"), "people"


def alike(raw: Raw) -> Found:
    """A word that stands in one complete language stands in all of them."""
    said = {language: dict(_paths(table(table(raw, "words"), language))) for language in COMPLETE}
    everywhere = {path: language for language, found in said.items() for path in found}
    for language in COMPLETE:
        for path, other in everywhere.items():
            if path not in said[language] and path[0] not in _CHECKED_ELSEWHERE:
                yield ("words", other, *path), f"stands in [words.{other}] and not in [words.{language}]"


_CHECKED_ELSEWHERE = frozenset({"name", "stage", "now", "purpose", "reason", "source", "outcome", "clock", "check"})


def _paths(value: Raw, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, below in value.items():
        if isinstance(below, dict):
            yield from _paths(below, (*path, name))
        else:
            yield (*path, name), below


RULES = (promises, alike)
