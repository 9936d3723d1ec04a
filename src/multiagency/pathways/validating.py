"""Whether a file declares a model of work: every fault with its line, not only the first (`docs/pathways.md`)."""

import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path as File
from typing import Any, NamedTuple

from multiagency.kernel.languages import COMPLETE, Language
from multiagency.kernel.toml_lines import Path, line_of, lines_of
from multiagency.pathways import validating_promises, validating_stages, validating_values, validating_words
from multiagency.pathways.validating_shape import Found, Raw, shape, tables

CONSENT = "consent"
_RULES: tuple[Callable[[Raw], Found], ...] = (
    shape,
    *validating_values.RULES,
    validating_stages.stages,
    validating_stages.moves,
    validating_stages.tables_left,
    validating_stages.reached,
    validating_stages.outcomes,
    validating_stages.needs,
    validating_stages.clocks,
    *validating_promises.RULES,
    validating_words.words,
    validating_words.blanks,
)
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")


class DefinitionFault(NamedTuple):
    """What is wrong, in which file, on which line (from 1)."""

    file: File
    line: int
    says: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.says}"


def faults_of(place: File) -> list[DefinitionFault]:
    """Return every fault of a definition, or of all versions of a model's directory, and of the texts of its consents.

    Raises OSError for what cannot be read.
    """
    files = sorted(place.glob("*.toml")) if place.is_dir() else [place]
    if not files:
        return [DefinitionFault(place, 1, "there is no definition `<version>.toml` in this directory")]
    found = [fault for file in files for fault in _of_definition(file)]
    return sorted(dict.fromkeys(found), key=lambda fault: (str(fault.file), fault.line))


def _of_definition(file: File) -> list[DefinitionFault]:
    read, found = _read(file)
    if read is None:
        return found
    found += _told(file, (fault for rule in _RULES for fault in rule(read)))
    found += _told(file, _named(file, read))
    return found + _of_consents(file, read)


def _named(file: File, raw: Raw) -> Found:
    """Where a definition stands tells what it is."""
    said, there = raw.get("code"), file.resolve().parent.name
    if isinstance(said, str) and said != there:
        yield ("code",), f"`{said}` must stand in a directory of that name, and not in `{there}`"
    version = raw.get("version")
    if isinstance(version, str) and version != file.stem:
        yield ("version",), f"version `{version}` must stand in `{version}.toml`, and not in `{file.name}`"


def _of_consents(file: File, raw: Raw) -> list[DefinitionFault]:
    """Return what is wrong with the texts beside a definition that asks for consent."""
    directory = file.parent / CONSENT
    versions = sorted(path for path in directory.iterdir() if path.is_dir()) if directory.is_dir() else []
    found, begun = [], []
    for version in versions:
        said, faults = _read(version / "version.toml")
        found += faults
        if said is not None:
            found += _told(version / "version.toml", validating_words.consent_version(said, raw))
            begun += [] if "parameter" in said else [str(said.get("valid_from"))]
        found += _of_text(version)
    if raw.get("consent_purposes") and not versions:
        missing = f"there is no text to ask for consent with: {CONSENT}/<version>/"
        found += _told(file, [(("consent_purposes",), missing)])
    elif raw.get("consent_purposes") and not any(day <= str(raw.get("valid_from")) for day in begun):
        found += _told(file, [(("valid_from",), "no text of consent is valid yet as the model begins")])
    return found


def _of_text(version: File) -> list[DefinitionFault]:
    found, lengths = [], dict[Language, int]()
    for language in COMPLETE:
        file = version / f"{language}.toml"
        said, faults = _read(file)
        found += faults
        if said is not None:
            found += _told(file, validating_words.consent_text(said))
            lengths[language] = len(tables(said, "parts"))
    for written, length in lengths.items():
        if length < max(lengths.values()):
            says = f"{length} of {max(lengths.values())} parts: each language has all of them"
            found.append(DefinitionFault(version / f"{written}.toml", 1, says))
    return found


def _read(file: File) -> tuple[dict[str, Any] | None, list[DefinitionFault]]:
    """Return what a file says; or None and why nobody can tell."""
    try:
        return tomllib.loads(file.read_bytes().decode()), []
    except FileNotFoundError:
        return None, [DefinitionFault(file, 1, "there is no such file")]
    except UnicodeDecodeError as error:
        return None, [DefinitionFault(file, error.object.count(b"\n", 0, error.start) + 1, "is not UTF-8")]
    except tomllib.TOMLDecodeError as error:
        where = _AT_LINE.search(str(error))
        line = int(where[1]) if where else len(file.read_text("utf-8").splitlines())
        return None, [DefinitionFault(file, line, f"is not TOML: {_AT_LINE.sub('', str(error))}")]


def _told(file: File, found: Iterable[tuple[Path, str]]) -> list[DefinitionFault]:
    lines = lines_of(file.read_text("utf-8"))
    return [DefinitionFault(file, line_of(lines, path), says) for path, says in found]
