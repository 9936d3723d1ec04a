"""The instruments of a case, as its model of work names them, with their texts among the sentences of the service."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from multiagency.cases.desk import Desk
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.languages import Language
from multiagency.pathways.service import dated
from multiagency.risk.instruments import Choice, Pack, Words, instrument, packs
from multiagency.risk.models import Assessment
from multiagency.web.texts import TEXTS


def know_all(folder: Path | None) -> None:
    """Read every instrument, ours and the imported ones. Raises `PackRefused` for one that is not taken."""
    for code, version in packs(folder):
        known(code, version, folder)


@cache
def known(code: str, version: str = "", folder: Path | None = None) -> Pack:
    """Return a pack, by default its newest version, whose texts can be said. Raises ValueError for one that is not."""
    found = instrument(code, version, folder)
    texts = {f"{found.key}.{name}": words for name, words in _texts_of(found) if words}
    for language in {
        Language.FI,
        *map(Language, found.languages),
    }:  # what is not said in Finnish is said as it comes first
        TEXTS.add(language, {key: words.get(language) or next(iter(words.values())) for key, words in texts.items()})
    return found


def _texts_of(pack: Pack) -> Iterator[tuple[str, Words | None]]:
    yield from (("title", pack.title), ("note", pack.note))
    yield from _choices("source", pack.sources)
    yield from _choices("group", pack.groups)
    for name, scale in pack.scales.items():
        yield f"scale.{name}.not_known", scale.unknown
        yield from ((f"scale.{name}.{answer.value}", answer.text) for answer in scale.answers)
    for item in (*pack.items, *pack.questions):
        yield f"item.{item.code}", item.text
    for item in pack.items:
        yield from ((f"{name}.{item.code}", getattr(item, name)) for name in ("alert", "short", "help"))
        if item.grid:
            yield from _choices(f"what.{item.code}", item.grid.what)
            yield from _choices(f"whom.{item.code}", item.grid.whom)
    for alert in pack.alerts:
        yield f"pattern.{alert.code}", alert.text
    for question in pack.safety:
        yield f"safety.{question.code}", question.text
        yield f"safety_alert.{question.code}", question.alert
        yield from _choices(f"safety_answer.{question.code}", question.answers)


def _choices(name: str, choices: tuple[Choice, ...]) -> Iterator[tuple[str, Words]]:
    yield from ((f"{name}.{choice.code}", choice.text) for choice in choices)


def instruments_of(desk: Desk) -> list[Pack]:
    """Return the newest version of every instrument that the model of the case names."""
    folder = desk.work.tools.settings.instruments_directory
    return [known(code, folder=folder) for code in desk.model.instruments]


def checklist_of(desk: Desk) -> Pack | None:
    """Return the instrument by which the model refers a case; None for a model without one."""
    return next((pack for pack in instruments_of(desk) if not pack.measures), None)


def pack_of(desk: Desk, assessment: Assessment | None) -> Pack:
    """Return the pack of an assessment, in its own version; that of a new one where there is none.

    Raises `NotVisible` where the model has no checklist.
    """
    folder = desk.work.tools.settings.instruments_directory
    pack = known(assessment.instrument, assessment.instrument_version, folder) if assessment else checklist_of(desk)
    if pack is None:
        raise NotVisible
    return pack


async def numbers_of(desk: Desk, pack: Pack) -> dict[str, int]:
    """Return the numbers as they held when the case was opened: the team's, everybody's, or the declared ones."""
    return {name: await _number(desk, name, default) for name, default in pack.parameters.items()}


async def _number(desk: Desk, name: str, default: int) -> int:
    if name in desk.model.parameters:
        return await desk.number(name)
    case = desk.case
    value = await dated(desk.work, case.pathway, name, case.team_id, case.round_began_at or case.opened_at)
    return default if value is None else value
