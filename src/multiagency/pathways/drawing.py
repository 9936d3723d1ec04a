"""The stages of a model and its moves, drawn as text for whoever writes a definition."""

from collections.abc import Collection, Iterator

from multiagency.kernel.languages import Language
from multiagency.pathways.definition import Move, Pathway, Stage


def drawn(model: Pathway, language: str = Language.FI) -> str:
    """Return the stages as boxes in the order of the file, beneath each where it leads; a dashed line deviates."""
    words = model.words.get(language, {})
    lines = [f"{model.code} {model.version}: {words.get('name', '')}, from {model.valid_from.isoformat()}", ""]
    for stage in model.stages:
        lines += _stage(model, stage, words.get("stage", {}).get(stage.code, ""))
    return "\n".join(lines) + "\n"


def asks(move: Move) -> list[str]:
    """Return the conditions of a move by their names, with what they carry."""
    carried = [(need, [*([f"at least {need.at_least}"] if need.at_least else []), *need.values]) for need in move.needs]
    return [f"{need.condition} ({', '.join(more)})" if more else need.condition for need, more in carried]


def _stage(model: Pathway, stage: Stage, word: str) -> Iterator[str]:
    said = f"{stage.code} · {stage.kind}{' · takes over' if stage.takes_over else ''}"
    yield f"┌─{'─' * len(said)}─┐"
    yield f"│ {said} │  {word}"
    yield f"└─{'─' * len(said)}─┘"
    outcomes = [outcome for outcome in model.outcomes if outcome.stage == stage.code]
    ends = [_way(move) for move in model.ways_from(stage.code)]
    ends += [f"══ outcome {outcome.code}{_needed(outcome.needs)}" for outcome in outcomes]
    for place, end in enumerate(ends, 1):
        yield f"  {'└' if place == len(ends) else '├'}{end}"
    yield ""


def _way(move: Move) -> str:
    line, why = ("┄┄", "  deviates: a reason is asked for") if move.deviates else ("──", "")
    return f"{line}> {move.to}{_needed(asks(move))}{why}"


def _needed(asked: Collection[str]) -> str:
    return f"  asks: {', '.join(asked)}" if asked else ""
