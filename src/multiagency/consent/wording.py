"""The texts that are shown when consent is asked for: versioned, dated, and never edited once published.

`consent/<version>/<language>.toml` in the directory of the model; the Sámi languages fall back to Finnish, and the
page says so. A version may be a variant for teams whose dated parameter says so.
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache

from multiagency.cases.desk import Desk
from multiagency.consent.reading_statements import read_gate
from multiagency.kernel.clock import today
from multiagency.kernel.errors import Invalid
from multiagency.kernel.languages import COMPLETE, Language
from multiagency.pathways.definition import codes, directory_of
from multiagency.pathways.questions import Resting, TouchedBy

_TEXTS = "consent"
"""The directory of a model that holds the texts of its consents."""


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
    read = tomllib.loads((directory_of(pathway) / _TEXTS / version / f"{language}.toml").read_text("utf-8"))
    return ConsentText(version, language, read["title"], tuple((p["heading"], p["text"]) for p in read["parts"]))


@dataclass(frozen=True, slots=True)
class _Version:
    """Since when a version is shown, and the parameter of the team that must be 1 for it, if there is one."""

    name: str
    valid_from: date
    parameter: str | None


@cache
def _versions(pathway: str) -> tuple[_Version, ...]:
    found = {
        path.parent.name: tomllib.loads(path.read_text("utf-8"))
        for path in (directory_of(pathway) / _TEXTS).glob("*/version.toml")
    }
    return tuple(_Version(name, said["valid_from"], said.get("parameter")) for name, said in found.items())


async def _open_to(desk: Desk) -> list[_Version]:
    """Return the versions that may be shown in this case today: begun, and switched on where they are a variant."""
    begun = [version for version in _versions(desk.case.pathway) if version.valid_from <= today()]
    names = {version.parameter for version in begun if version.parameter}
    on = {name for name in names if await desk.number(name) == 1}
    return [version for version in begun if version.parameter is None or version.parameter in on]


async def lets(desk: Desk, parameter: str) -> bool:
    """Tell whether the team lets happen what this parameter is about, and the client themselves has said yes to it.

    Only the text that says so asks for it: a yes on another text, or somebody else's, is none.
    """
    if await desk.number(parameter) != 1:
        return False
    said = (await read_gate(desk)).said.get(desk.case.id)
    variants = {version.name for version in _versions(desk.case.pathway) if version.parameter == parameter}
    return said is not None and said.state == "given" and said.consent.text_version in variants


async def version_in_force(desk: Desk) -> str:
    """Return the version to be shown in this case today: of the newest, the variant that the team has chosen."""
    newest = max(await _open_to(desk), key=lambda version: (version.valid_from, version.parameter or "", version.name))
    return newest.name


async def text_shown(desk: Desk, version: str | None, language: str) -> ConsentText:
    """Return the text that was shown: the one in force unless a version is named.

    Raises `Invalid` naming `text_version` for one that is not published, not yet in force, or not the team's.
    """
    wanted = version or await version_in_force(desk)
    if wanted not in {known.name for known in await _open_to(desk)}:
        raise Invalid.of("text_version", "consent.unknown_text")
    return text_of(desk.case.pathway, wanted, written_in(language))


async def texts_citing(question: TouchedBy) -> list[Resting]:
    """Return how many versions of the texts name a statute that the provision of a ground is of, by its number."""
    statutes = re.findall(r"[0-9]+/[0-9]{4}", question.provision)
    citing = [version for version in _published() if any(statute in _wording(*version) for statute in statutes)]
    return [Resting("texts", len(citing))]


def _published() -> list[tuple[str, str]]:
    return [(code, version.name) for code in codes() for version in _versions(code)]


def _wording(pathway: str, version: str) -> str:
    return "\n".join(text for _, text in text_of(pathway, version, Language.FI).parts)
