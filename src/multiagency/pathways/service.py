"""Which version of a model of work holds, and its numbers: dated parameters that a team, or everybody, may change."""

import tomllib
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from multiagency.kernel.clock import now, today
from multiagency.kernel.errors import FieldError
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.pathways.definition import Pathway, also_from, codes, definition, directories, versions
from multiagency.pathways.models import DatedParameter
from multiagency.pathways.validating import faults_of
from multiagency.web.texts import TEXTS

LAW = "law"
"""Under which code what general law says is kept, for every model and team alike."""


def pathway(code: str) -> Pathway:
    """Return the version of a model in which a case is opened today: the newest that has begun.

    Raises FileNotFoundError for an unknown model.
    """
    known = versions(code)
    return next((model for model in reversed(known) if model.valid_from <= today()), known[0])


def not_among(field: str, value: str, declared: Iterable[str]) -> list[FieldError]:
    """Return what is wrong with a value that must be one of those that the model declares; nothing for one of them."""
    known = sorted(declared)
    return [] if value in known else [FieldError(field, "error.not_a_choice", {"choices": ", ".join(known)})]


async def parameter(work: Work, code: str, name: str, team_id: UUID | None) -> int:
    """Return the value in force now: the team's own, else everybody's, else the model's default."""
    value = await dated(work, code, name, team_id)
    return pathway(code).parameters[name] if value is None else value


async def parameter_of_day(work: Work, of: tuple[str, str], name: str, team_id: UUID | None, day: datetime) -> int:
    """Return the value that held when a case was opened: a case keeps its `of` (model, version) and its numbers."""
    value = await dated(work, of[0], name, team_id, day)
    return definition(*of).parameters[name] if value is None else value


async def law(work: Work, name: str) -> int:
    """Return what general law says today, or what somebody has set because the law has changed."""
    value = await dated(work, LAW, name)
    return law_says()[name] if value is None else value


@cache
def law_says() -> dict[str, int]:
    """Return the numbers of general law, by name (`law.toml`, with their sections)."""
    found: dict[str, int] = tomllib.loads((Path(__file__).parent / "law.toml").read_text("utf-8"))["parameters"]
    return found


async def dated(
    work: Work, code: str, name: str, team_id: UUID | None = None, at: datetime | None = None
) -> int | None:
    """Return the value that somebody has set and that is in force now or `at`, the team's own before everybody's."""
    moment = at or now()
    in_force = [
        row
        for row in await work.reference(_parameters)
        if (row.pathway, row.name) == (code, name)
        and row.team_id in {team_id, None}
        and row.valid_from <= moment
        and (row.valid_to is None or moment < row.valid_to)
    ]
    newest = max(in_force, key=lambda row: (row.team_id is not None, row.valid_from), default=None)
    return None if newest is None else newest.value


async def _parameters(work: Work) -> Sequence[Row[Any]]:
    return (await work.session.execute(select(*DatedParameter.__table__.columns))).all()


def know(directory: Path | None) -> None:
    """Know the models of this directory too; None adds none.

    Raises ValueError with every fault of a model that does not pass the check, or whose code the service has already.
    """
    if directory is None or directory in directories:
        return
    models = [path for path in sorted(directory.iterdir()) if path.is_dir() and not path.name.startswith(".")]
    found = [str(fault) for model in models for fault in faults_of(model)]
    found += [f"{model}: there is a model of that code already" for model in models if model.name in codes()]
    if found:
        raise ValueError("\n".join(found))
    also_from(directory)
    say_words()


def say_words() -> None:
    """Let the words of every model be said as `model.<code>.…`; those of a newer version hold."""
    for code in codes():
        for model in versions(code):
            for language, words in model.words.items():
                TEXTS.add(Language(language), {"model": {code: words}})


say_words()
