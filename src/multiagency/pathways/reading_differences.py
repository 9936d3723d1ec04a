"""What differs between two versions of a model, piece by piece, for whoever decides which one a case goes on with."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from multiagency.pathways.definition import Pathway
from multiagency.pathways.drawing import asks

_NAMED_BY = ("code", "role")
_NOT_COMPARED = {"code", "version", "moves"}


@dataclass(frozen=True, slots=True)
class VersionDifference:
    """One piece: the part of the definition (`pathways.part.<part>`), its name, what stood and stands there, if any."""

    part: str
    name: str
    before: str
    after: str


def differences(old: Pathway, new: Pathway) -> list[VersionDifference]:
    """Return what is not the same in both, in the order of the file."""
    before, after = dict(_pieces(old)), dict(_pieces(new))
    names = dict.fromkeys((*before, *after))
    return [
        VersionDifference(part, name, before.get((part, name), ""), after.get((part, name), ""))
        for part, name in names
        if before.get((part, name), "") != after.get((part, name), "")
    ]


def _pieces(model: Pathway) -> Iterator[tuple[tuple[str, str], str]]:
    for part, value in model.model_dump(mode="json", by_alias=True).items():
        if part not in _NOT_COMPARED:
            yield from (((part, name), said) for name, said in _leaves(value, ""))
    for move in model.moves:
        for start in move.start:
            yield ("moves", f"{start} → {move.to}"), f"{'┄>' if move.deviates else '→'} {', '.join(asks(move))}"


def _name(row: dict[str, Any], place: int) -> str:
    return next((str(row[key]) for key in _NAMED_BY if key in row), str(place + 1))


def _leaves(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Return what stands at the ends, by names joined with dots; rows of tables are known by their code."""
    if isinstance(value, dict):
        rows = value.items()
    elif isinstance(value, list) and any(isinstance(row, dict) for row in value):
        rows = {_name(row, place): row for place, row in enumerate(value)}.items()
    else:
        said = ", ".join(map(str, value)) if isinstance(value, list) else "" if value in (None, False) else str(value)
        yield name, said
        return
    for key, below in rows:
        yield from _leaves(below, f"{name}.{key}" if name else key)
