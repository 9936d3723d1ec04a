"""The shape of a definition: what the classes of `definition.py` say of it, and how its other rules look at it.

The rules see what `tomllib` read and not those classes: where one part is wrong, all others are looked at all the same.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from multiagency.kernel.toml_lines import Path
from multiagency.pathways.definition import Declared, Pathway, common_numbers

Found = Iterator[tuple[Path, str]]
"""Where something is wrong, and what, in a sentence."""
Raw = Mapping[str, Any]


def tables(raw: Raw, name: str) -> list[tuple[Path, Raw]]:
    """Return the tables of an array, each with its place; nothing of what is none."""
    value = raw.get(name)
    rows = enumerate(value) if isinstance(value, list) else ()
    return [((name, place), row) for place, row in rows if isinstance(row, dict)]


def text(row: Raw, name: str) -> str:
    """Return a text, an empty one where there is none: what has another type is told by `shape`."""
    value = row.get(name)
    return value if isinstance(value, str) else ""


def texts(raw: Raw, name: str) -> list[tuple[Path, str]]:
    """Return the texts of an array, each with its place."""
    value = raw.get(name)
    rows = enumerate(value) if isinstance(value, list) else ()
    return [((name, place), text) for place, text in rows if isinstance(text, str)]


def table(raw: Raw, name: str) -> Raw:
    """Return a table, an empty one where there is none."""
    value = raw.get(name)
    return value if isinstance(value, dict) else {}


def codes(raw: Raw, name: str, key: str = "code") -> list[str]:
    """Return the codes that the tables of an array have."""
    return [code for _, row in tables(raw, name) if (code := text(row, key))]


def numbers(raw: Raw) -> dict[str, Any]:
    """Return the parameters that the definition may name: its own, and those of the house."""
    return {**common_numbers(), **table(raw, "parameters")}


def twice(found: Iterable[tuple[Path, str]], what: str) -> Found:
    """Tell what stands there a second time."""
    seen = set[str]()
    for path, code in found:
        if code in seen:
            yield path, f"{what} `{code}` stands there twice"
        seen.add(code)


def unknown(path: Path, what: str, value: object, known: Iterable[str]) -> tuple[Path, str]:
    """Return the fault of a word that is none of those that are known."""
    return path, f"unknown {what} `{value}`: one of {', '.join(sorted(known))}"


def no_parameter(name: str) -> str:
    """Return the sentence about a parameter that there is not."""
    return f"there is no parameter `{name}`, neither in [parameters] nor among those of the house"


def shape(raw: Raw) -> Found:
    """Tell what is missing, unknown or of another type, as strictly as JSON: `"14"` is no number, `"yes"` no truth."""
    given = dict(raw)
    if isinstance(raw.get("parameters", {}), dict):
        given["parameters"] = numbers(raw)
    if isinstance(begins := raw.get("valid_from"), date):
        given["valid_from"] = begins.isoformat()
    told = set[Path]()
    for problem in (*_problems(given, strictly=True), *_problems(given, strictly=False)):
        path = tuple(part for part in problem["loc"])
        if path not in told:
            told.add(path)
            yield _where(path, problem["type"]), _sentence(path, problem["type"], problem["msg"])


def _problems(given: Raw, *, strictly: bool) -> list[Any]:
    """Return what pydantic says; strictly it refuses lists that a validator has looked at: that is no fault."""
    try:
        if strictly:
            Pathway.model_validate_json(json.dumps(given, default=lambda _: {}), strict=True)
        else:
            Pathway.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False)
        return [one for one in found if one["type"] != "tuple_type" or not isinstance(one["input"], list)]
    return []


def _where(path: Path, kind: str) -> Path:
    return path[:-1] if kind == "missing" else path


def _sentence(path: Path, kind: str, message: str) -> str:
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    if kind == "missing":
        return f"`{name}` is missing"
    if kind == "extra_forbidden":
        known = {field.alias or key for model in Declared.__subclasses__() for key, field in model.model_fields.items()}
        near = get_close_matches(name, known - {name}, 1)
        return f"unknown key `{name}`{f': is `{near[0]}` meant?' if near else ''}"
    return f"`{name}`: {message[:1].lower()}{message[1:]}"
