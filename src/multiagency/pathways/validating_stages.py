"""Rules of stages, moves and outcomes: every stage can be reached, every case can end, no consent is held fast."""

from collections.abc import Collection, Mapping

from multiagency.kernel.toml_lines import Path
from multiagency.pathways.conditions import CONDITIONS
from multiagency.pathways.definition import OVER, StageKind
from multiagency.pathways.validating_shape import (
    Found,
    Raw,
    codes,
    no_parameter,
    numbers,
    tables,
    text,
    texts,
    twice,
    unknown,
)

REASONS_FOR_SIGHT = ("consent", "ground", "break_glass", "coordination")
"""What the end of a case may end of others' sight; the own record stays (`cases/service_grants.py`)."""
NEEDS_OF_OUTCOMES = ("target", "reason")
"""What an outcome may ask of whoever closes a case: fields of the form (`storage/forms.py`)."""

LED = {
    StageKind.DRAFT: {StageKind.OPEN, StageKind.ENDED, StageKind.WITHDRAWN},
    StageKind.OPEN: {*StageKind},
    StageKind.TABLE: {StageKind.OPEN, StageKind.FOLLOW_UP, StageKind.ENDED, StageKind.WITHDRAWN},
    StageKind.FOLLOW_UP: {*StageKind} - {StageKind.DRAFT},
    StageKind.ENDED: {StageKind.DRAFT},
    StageKind.WITHDRAWN: {StageKind.DRAFT},
}
"""From a stage of which kind something that people do leads to one of which kinds (`docs/pathways.md` says what)."""


def stages(raw: Raw) -> Found:
    """One draft, first; one stage of withdrawal at least; each code once; what ends as a case ends."""
    found = tables(raw, "stages")
    yield from twice(
        [((*path, "code"), code) for path, row in found if isinstance(code := row.get("code"), str)], "stage"
    )
    drafts = [path for path, row in found if text(row, "kind") == StageKind.DRAFT]
    if not drafts:
        yield ("stages",), "there is no stage of the kind `draft`: every case begins as one"
    for path in drafts[:1]:
        if path != ("stages", 0):
            yield path, "the draft must be the first stage: a case is opened in the first"
    for path in drafts[1:]:
        yield path, "a second stage of the kind `draft`: a model has one"
    if not any(text(row, "kind") == StageKind.WITHDRAWN for _, row in found):
        yield ("stages",), "there is no stage of the kind `withdrawn`: a consent can be withdrawn at any time"
    for path, row in found:
        yield from _endings(path, row)


def _endings(path: Path, row: Raw) -> Found:
    ends = texts(row, "ends")
    for place, reason in ends:
        if reason not in REASONS_FOR_SIGHT:
            yield unknown((*path, *place), "reason for sight", reason, REASONS_FOR_SIGHT)
    if text(row, "kind") in OVER and "consent" not in {reason for _, reason in ends}:
        yield path, f"`{text(row, 'code')}` ends a case: its `ends` must name `consent`, or others go on seeing it"
    if text(row, "kind") not in OVER and ends:
        yield (*path, "ends"), f"`{text(row, 'code')}` does not end a case: `ends` stands only where one has ended"


def moves(raw: Raw) -> Found:
    """Moves join stages that there are, each pair once; a withdrawal is never refused; what is over begins anew."""
    kinds = _kinds(raw)
    ways = []
    for path, row in tables(raw, "moves"):
        to = text(row, "to")
        if to and to not in kinds:
            yield (*path, "to"), f"there is no stage `{to}`"
        for place, start in texts(row, "from"):
            here = (*path, *place)
            ways.append((here, f"{start} → {to}"))
            if start not in kinds:
                yield here, f"there is no stage `{start}`"
            elif start == to:
                yield here, f"the move leads from `{start}` to where it starts"
            else:
                yield from _led(here, kinds[start], kinds.get(to))
        if kinds.get(to) == StageKind.WITHDRAWN and (row.get("needs") or row.get("deviates")):
            yield path, "a withdrawal is never refused: its move has no `needs` and does not deviate"
    yield from twice(ways, "move")


def _led(here: Path, start: str, to: str | None) -> Found:
    if start in set(StageKind) and to in set(StageKind) and StageKind(to) not in LED[StageKind(start)]:
        known = ", ".join(sorted(LED[StageKind(start)]))
        yield here, f"nothing that people do leads from a stage of the kind `{start}` to `{to}`, only to: {known}"


def tables_left(raw: Raw) -> Found:
    """A case comes off an agenda as it came onto it, and goes on to a follow-up once its minutes are approved."""
    kinds, ways = _kinds(raw), _ways(raw)
    for path, row in tables(raw, "stages"):
        code = text(row, "code")
        if text(row, "kind") != StageKind.TABLE or not code:
            continue
        leads = ways.get(code, set())
        if not any(kinds.get(to) == StageKind.FOLLOW_UP for to in leads):
            yield path, f"no move leads from `{code}` to a stage of the kind `follow_up`: minutes could not be approved"
        for start in sorted(start for start, to in ways.items() if code in to and start not in leads):
            yield path, f"no move leads from `{code}` back to `{start}`: a case could not be taken off the agenda"


def reached(raw: Raw) -> Found:
    """Every stage is led to; from every living stage a way leads to an outcome, and one move to a withdrawal."""
    kinds, ways = _kinds(raw), _ways(raw)
    first = next(iter(kinds), "")
    from_first, to_outcomes = _reach({first}, ways), _reach(_before_outcomes(raw), _turned(ways))
    for path, row in tables(raw, "stages"):
        code = text(row, "code")
        if not code:
            continue
        if code not in from_first:
            yield path, f"nothing leads to the stage `{code}`"
        if kinds[code] in OVER:
            continue
        if code not in to_outcomes:
            yield path, f"no way leads from the stage `{code}` to an outcome"
        if not any(kinds.get(to) == StageKind.WITHDRAWN for to in ways.get(code, ())):
            yield path, f"no move leads from the stage `{code}` to one of the kind `withdrawn`"


def outcomes(raw: Raw) -> Found:
    """An outcome leads into a stage that ends, and every stage that ends has one."""
    kinds, found = _kinds(raw), tables(raw, "outcomes")
    yield from twice([((*path, "code"), text(row, "code")) for path, row in found], "outcome")
    for path, row in found:
        stage = text(row, "stage")
        if stage and stage not in kinds:
            yield (*path, "stage"), f"there is no stage `{stage}`"
        elif stage and kinds[stage] != StageKind.ENDED:
            yield (*path, "stage"), f"the outcome leads into `{stage}`, which is not of the kind `ended`"
        for place, need in texts(row, "needs"):
            if need not in NEEDS_OF_OUTCOMES:
                yield unknown((*path, *place), "need of an outcome", need, NEEDS_OF_OUTCOMES)
    named = set(codes(raw, "outcomes", "stage"))
    for path, row in tables(raw, "stages"):
        if text(row, "kind") == StageKind.ENDED and text(row, "code") not in named:
            yield path, f"no outcome leads into the stage `{text(row, 'code')}`"


def clocks(raw: Raw) -> Found:
    """A clock runs in a stage in which a case stands with the team, for as long as a parameter says."""
    kinds, found = _kinds(raw), tables(raw, "clocks")
    yield from twice([((*path, "code"), text(row, "code")) for path, row in found], "clock")
    for path, row in found:
        stage, within = text(row, "stage"), text(row, "within")
        if stage and stage not in kinds:
            yield (*path, "stage"), f"there is no stage `{stage}`"
        elif stage and kinds[stage] in {StageKind.DRAFT, *OVER}:
            yield (*path, "stage"), f"no clock runs in `{stage}`: only where the case is with the team"
        if within and within not in numbers(raw):
            yield (*path, "within"), no_parameter(within)


def needs(raw: Raw) -> Found:
    """Conditions are those of the closed list, each with what it asks for and nothing else."""
    for path, row in tables(raw, "moves"):
        value = row.get("needs")
        names = []
        for place, need in enumerate(value if isinstance(value, list) else ()):
            here: Path = (*path, "needs", place)
            asked = {"condition": need} if isinstance(need, str) else need
            if isinstance(asked, dict) and isinstance(name := asked.get("condition"), str):
                names.append((here, name))
                yield from _need(raw, here, name, asked)
        yield from twice(names, "condition")


def _need(raw: Raw, here: Path, name: str, asked: Raw) -> Found:
    if (condition := CONDITIONS.get(name)) is None:
        yield unknown(here, "condition", name, CONDITIONS)
        return
    number = asked.get("at_least")
    if condition.at_least and number is None:
        yield here, f"`{name}` needs `at_least`: the name of a parameter"
    if not condition.at_least and number is not None:
        yield here, f"`{name}` takes no `at_least`"
    elif isinstance(number, str) and number not in numbers(raw):
        yield here, no_parameter(number)
    if condition.values and not asked.get("values"):
        yield here, f"`{name}` needs `values`"
    if not condition.values and asked.get("values"):
        yield here, f"`{name}` takes no `values`"


def _kinds(raw: Raw) -> dict[str, str]:
    return {code: text(row, "kind") for _, row in tables(raw, "stages") if (code := text(row, "code"))}


def _ways(raw: Raw) -> dict[str, set[str]]:
    """Where each stage leads, to itself left out."""
    found: dict[str, set[str]] = {}
    for _, row in tables(raw, "moves"):
        for _, start in texts(row, "from"):
            if (to := text(row, "to")) and to != start:
                found.setdefault(start, set()).add(to)
    return found


def _turned(ways: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for start, leads in ways.items():
        for to in leads:
            found.setdefault(to, set()).add(start)
    return found


def _before_outcomes(raw: Raw) -> set[str]:
    """Return the stages in which a case may be given an outcome: along a move that does not deviate."""
    ends = set(codes(raw, "outcomes", "stage"))
    usual = [row for _, row in tables(raw, "moves") if text(row, "to") in ends and row.get("deviates") is not True]
    return {start for row in usual for _, start in texts(row, "from")}


def _reach(begin: Collection[str], ways: Mapping[str, Collection[str]]) -> set[str]:
    found, waiting = set(begin), list(begin)
    while waiting:
        fresh = set(ways.get(waiting.pop(), ())) - found
        found |= fresh
        waiting += fresh
    return found
