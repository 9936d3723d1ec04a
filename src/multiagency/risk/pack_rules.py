"""What must hold within a pack beyond the shape of its parts: every fault is told where it stands."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from multiagency.kernel.inputs import is_seen
from multiagency.kernel.languages import Language
from multiagency.kernel.toml_lines import Path

Found = Iterator[tuple[Path, str]]
_RESERVED = {"unknown", "unanswered", "not_known"}
_NEEDED = {
    "score": ("risk_threshold",),
    "escalation": ("escalation_incidents", "escalation_months"),
    "repeat": ("repeat_months",),
}
"""The numbers without which a ground cannot be told."""
NUMBERS = {*(name for names in _NEEDED.values() for name in names), "reassessment_days", "event_days"}
EVENTS = (
    "incident",
    "separation",
    "move",
    "release",
    "custody",
    "court",
    "order",
    "consent_withdrawn",
)
"""What may ask for a new assessment, in the order in which it is offered."""
_TEXTS = frozenset({"title", "note", "text", "help", "alert", "short", "unknown"})


class Fault(NamedTuple):
    """What is wrong with a pack, and on which line."""

    line: int
    says: str


def faults_in(raw: Mapping[str, Any]) -> Found:
    """Return what is wrong, with the path of where; what has the wrong shape is told by the model of the pack."""
    for rule in (_texts, _codes, _numbers, _scales, _items, _opening, _alerts, _safety):
        yield from rule(raw)


def _tables(raw: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    value = raw.get(name)
    rows = enumerate(value) if isinstance(value, list) else ()
    return [(place, row) for place, row in rows if isinstance(row, dict)]


def _list(row: Mapping[str, Any], name: str) -> list[tuple[int, str]]:
    value = row.get(name)
    return [(place, one) for place, one in enumerate(value) if isinstance(one, str)] if isinstance(value, list) else []


def _languages(raw: Mapping[str, Any]) -> list[str]:
    return [one for _, one in _list(raw, "languages")]


def _texts(raw: Mapping[str, Any]) -> Found:
    """Every text stands in every language of the pack, and in no other."""
    for place, one in _list(raw, "languages"):
        if one not in set(Language):
            yield ("languages", place), f"{one} is no language of the service"
    for path, words in _found_texts(raw, ()):
        for language in _languages(raw):
            if language not in words:
                yield path, f"{path[-1]}: the text in {language} is missing"
        for language, text in words.items():
            if language not in _languages(raw):
                yield (*path, language), f"{path[-1]}: {language} is not among the languages of the pack"
            elif isinstance(text, str) and not is_seen(text):
                yield (*path, language), f"{path[-1]}: the text in {language} is empty"
            elif isinstance(text, str) and {"{", "}"} & set(text):
                yield (*path, language), f"{path[-1]}: a text holds no braces"


def _found_texts(value: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if isinstance(value, list):
        for place, one in enumerate(value):
            yield from _found_texts(one, (*path, place))
    elif isinstance(value, dict):
        for name, one in value.items():
            if name in _TEXTS and isinstance(one, dict) and path != ("scales",):
                yield (*path, name), one
            else:
                yield from _found_texts(one, (*path, name))


def _codes(raw: Mapping[str, Any]) -> Found:
    """No code stands twice: items and further questions share theirs."""
    asked = [((name, place), row) for name in ("items", "questions") for place, row in _tables(raw, name)]
    yield from _twice([((*path, "code"), row.get("code")) for path, row in asked])
    for name in ("groups", "alerts", "safety", "sources"):
        yield from _twice([((name, place, "code"), row.get("code")) for place, row in _tables(raw, name)])
    for name in ("languages", "grounds", "renewed_by"):
        yield from _twice([((name, place), one) for place, one in _list(raw, name)])
    for place, row in _tables(raw, "safety"):
        rows = _tables(row, "answers")
        yield from _twice([(("safety", place, "answers", at, "code"), one.get("code")) for at, one in rows])
    for place, row in _tables(raw, "items"):
        grid: Any = row.get("grid")
        for axis in ("what", "whom") if isinstance(grid, dict) else ():
            rows = _tables(grid, axis)
            yield from _twice([(("items", place, "grid", axis, at, "code"), one.get("code")) for at, one in rows])


def _twice(codes: list[tuple[Path, Any]]) -> Found:
    seen = set()
    for path, code in codes:
        if isinstance(code, str | int) and code in seen:
            yield path, f"{code} stands there already"
        seen.add(code if isinstance(code, str | int) else None)


def _numbers(raw: Mapping[str, Any]) -> Found:
    """The numbers of the grounds are there, and no others; a threshold can be reached. Events are known ones."""
    for place, event in _list(raw, "renewed_by"):
        if event not in EVENTS:
            yield ("renewed_by", place), f"{event} is no event of the service: {', '.join(EVENTS)}"
    given = raw.get("parameters")
    numbers = given if isinstance(given, dict) else {}
    for name in numbers:
        if name not in NUMBERS:
            yield ("parameters", name), f"{name} is no number of an instrument"
    for place, ground in _list(raw, "grounds"):
        for name in _NEEDED.get(ground, ()):
            if name not in numbers:
                yield ("grounds", place), f"{ground} needs the parameter {name}"
    most, threshold = sum(_most(raw, row) for _, row in _tables(raw, "items")), numbers.get("risk_threshold")
    if isinstance(threshold, int) and threshold > most:
        yield ("parameters", "risk_threshold"), f"risk_threshold is {threshold}, and no answers count more than {most}"


def _scale(raw: Mapping[str, Any], row: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    scales, name = raw.get("scales"), row.get("scale")
    scale = scales.get(name) if isinstance(scales, dict) and isinstance(name, str) else None
    return _tables(scale, "answers") if isinstance(scale, dict) else []


def _most(raw: Mapping[str, Any], row: Mapping[str, Any]) -> int:
    points = [answer.get("points", 0) for _, answer in _scale(raw, row)]
    return max((one for one in points if isinstance(one, int)), default=0)


def _scales(raw: Mapping[str, Any]) -> Found:
    """A scale's values are all words or all whole numbers, each once; "not known" is no value of it."""
    scales = raw.get("scales")
    for name, scale in scales.items() if isinstance(scales, dict) else ():
        rows = _tables(scale, "answers") if isinstance(scale, dict) else []
        path: Path = ("scales", name, "answers")
        yield from _twice([((*path, place, "value"), row.get("value")) for place, row in rows])
        if len({type(row.get("value")) for _, row in rows}) > 1:
            yield path, f"{name}: values are words or whole numbers, not both"
        for place, row in rows:
            if row.get("value") in _RESERVED:
                yield (*path, place, "value"), f"{row['value']} is always possible and no value of a scale"


def _items(raw: Mapping[str, Any]) -> Found:
    """Items are numbered from 1 in their order, in a group and with a scale that the pack has."""
    groups = {row.get("code") for _, row in _tables(raw, "groups")}
    used = {row.get("group") for _, row in _tables(raw, "items")}
    for expected, (place, row) in enumerate(_tables(raw, "items"), 1):
        if row.get("number", expected) != expected:
            yield ("items", place, "number"), f"the number is {row['number']}, and the item is number {expected}"
        if "group" in row and row["group"] not in groups:
            yield ("items", place, "group"), f"there is no group {row['group']}"
        if ("alert" in row) != ("short" in row):
            yield ("items", place), "an item has both alert and short, or neither"
        if "alert" in row and not any(answer.get("sign") is True for _, answer in _scale(raw, row)):
            yield ("items", place, "alert"), "no answer of its scale is a sign, so its alert would never be said"
    for place, row in _tables(raw, "groups"):
        if "code" in row and row["code"] not in used:
            yield ("groups", place), f"no item is in the group {row['code']}"
    for name in ("items", "questions"):
        for place, row in _tables(raw, name):
            if isinstance(row.get("scale"), str) and not _scale(raw, row):
                yield (name, place, "scale"), f"there is no scale {row['scale']}"


def _opening(raw: Mapping[str, Any]) -> Found:
    """Every further question is opened by something, and none by itself, however long the way round."""
    opens: dict[str, list[str]] = {}
    named, opened = {row.get("code") for _, row in _tables(raw, "questions")}, Counter[str]()
    for name in ("items", "questions"):
        for place, row in _tables(raw, name):
            if isinstance(row.get("code"), str):
                opens[row["code"]] = [one for _, one in _list(row, "opens")]
            for at, one in _list(row, "opens"):
                opened[one] += 1
                if one not in named:
                    yield (name, place, "opens", at), f"there is no further question {one}"
            if _list(row, "opens") and not any(answer.get("sign") is True for _, answer in _scale(raw, row)):
                yield (name, place, "opens"), "no answer of its scale is a sign, so it would never open anything"
    for place, row in _tables(raw, "questions"):
        code = row.get("code")
        if isinstance(code, str) and not opened[code]:
            yield ("questions", place), f"nothing opens {code}"
        if isinstance(code, str) and code in _reached(opens, code):
            yield ("questions", place, "opens"), f"{code} opens itself"


def _reached(opens: Mapping[str, list[str]], code: str) -> set[str]:
    found, waiting = set[str](), list(opens.get(code, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += opens.get(one, ())
    return found


def _alerts(raw: Mapping[str, Any]) -> Found:
    """An alert names items of the pack, at least one."""
    items = {row.get("code"): row for _, row in _tables(raw, "items")}
    for place, row in _tables(raw, "alerts"):
        if not _list(row, "all") and not _list(row, "any"):
            yield ("alerts", place), "an alert names items, under all or any"
        for name in ("all", "any"):
            for at, one in _list(row, name):
                if one not in items:
                    yield ("alerts", place, name, at), f"there is no item {one}"
                elif not any(answer.get("sign") is True for _, answer in _scale(raw, items[one])):
                    yield ("alerts", place, name, at), f"no answer to {one} is a sign"


def _safety(raw: Mapping[str, Any]) -> Found:
    """What a question about safety tells something at is one of its answers."""
    for place, row in _tables(raw, "safety"):
        if row.get("tells") not in {answer.get("code") for _, answer in _tables(row, "answers")}:
            yield ("safety", place, "tells"), f"{row.get('tells')} is none of the answers"
