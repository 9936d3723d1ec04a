"""The count of an instrument and its grounds: pure, the same for the service and the command line.

Each ground is enough by itself, and none lowers another (facts F14, F16; requirement 65): `grounds` and `alerts` ask
nothing about what is still unanswered.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from multiagency.kernel.clock import later, today
from multiagency.kernel.inputs import is_seen
from multiagency.risk.instruments import NO, UNKNOWN, YES, Answered, Pack

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FIELDS = ("answers", "judgement", "client", "incidents", "today", "previous")


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier referral or meeting, as the referrer states it; of the same two people or not."""

    on: date
    same_pair: bool


@dataclass(frozen=True, slots=True)
class Given:
    """What was answered, by code of item: a value of its scale, `unknown`, or None; and what is said beside it.

    `incidents` are the days of violent incidents, one for each; none is after `on`.
    """

    on: date
    answers: Mapping[str, Answered | None]
    judgement: str = ""
    client: str = ""
    incidents: Sequence[date] = ()
    previous: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """The count, how much of it is answered, and what follows; in the order in which it is printed."""

    score: int
    yes: int
    no: int
    unknown: int
    unanswered: int
    complete: bool
    grounds: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    referable: bool = False


def score(pack: Pack, given: Given, numbers: Mapping[str, int] | None = None) -> Scored:
    """Return the count and its grounds; `numbers` in force come before those of the pack."""
    values = [given.answers.get(item.code) for item in pack.items]
    points = sum(
        answer.points
        for item, value in zip(pack.items, values, strict=True)
        for answer in pack.scale_of(item).answers
        if answer.value == value
    )
    unanswered = values.count(None)
    grounds = _grounds(pack, given, points, {**pack.parameters, **(numbers or {})})
    return Scored(
        points,
        values.count(YES),
        values.count(NO),
        values.count(UNKNOWN),
        unanswered,
        not unanswered,
        grounds,
        alerts_of(pack, given.answers),
        bool(grounds),
    )


def _grounds(pack: Pack, given: Given, points: int, numbers: Mapping[str, int]) -> list[str]:
    holds = {
        "score": "score" in pack.grounds and points >= numbers["risk_threshold"],
        "judgement": bool(given.judgement),
        "client": bool(given.client),
        "escalation": "escalation" in pack.grounds and _escalates(given, numbers),
        "repeat": "repeat" in pack.grounds and _repeats(given, numbers["repeat_months"]),
    }
    return [ground for ground, told in holds.items() if told and ground in pack.grounds]


def _escalates(given: Given, numbers: Mapping[str, int]) -> bool:
    """So many incidents since the same day so many months before, that day included (facts F16 and F17)."""
    since = later(given.on, months=-numbers["escalation_months"])
    recent = [day for day in given.incidents if since <= day <= given.on]
    return len(recent) >= numbers["escalation_incidents"]


def _repeats(given: Given, months: int) -> bool:
    """The same two people, and an incident since, no later than the same day so many months on (fact F18)."""
    before = given.previous
    if before is None or not before.same_pair:
        return False
    return any(before.on < day <= later(before.on, months=months) for day in given.incidents)


def alerts_of(pack: Pack, answers: Mapping[str, Answered | None]) -> list[str]:
    """Return the alerts that the signs among the answers give, whatever the count (fact F14)."""
    signs = {item.code for item in pack.items if pack.is_sign(item, answers.get(item.code))}
    return [
        alert.code
        for alert in pack.alerts
        if signs.issuperset(alert.all) and (not alert.any or not signs.isdisjoint(alert.any))
    ]


class Unreadable(ValueError):
    """What was answered cannot be taken; its text says everything that is wrong, a sentence a line."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.sentences = list(faults)
        super().__init__("\n".join(faults))


def read_given(pack: Pack, raw: object) -> Given:
    """Return what a document of answers says. Raises `Unreadable` with all that is wrong; nothing is guessed.

    Items are named by number. What is left out is null, and `today` without a day is today in Finland.
    """
    if not isinstance(raw, dict):
        raise Unreadable(["answers: not an object"])
    faults = [f"{name}: unknown field" for name in raw if name not in _FIELDS]
    day = _day(raw.get("today"), "today", faults) or today()
    given = Given(
        day,
        _answers(pack, raw.get("answers"), faults),
        _words(pack, raw.get("judgement"), "judgement", faults),
        _words(pack, raw.get("client"), "client", faults),
        _incidents(raw.get("incidents"), day, faults),
        _previous(raw.get("previous"), day, faults),
    )
    if faults:
        raise Unreadable(faults)
    return given


def _answers(pack: Pack, raw: Any, faults: list[str]) -> dict[str, Answered | None]:
    if raw is not None and not isinstance(raw, dict):
        faults.append("answers: not an object")
        return {}
    items, found = {str(item.number): item for item in pack.items}, dict[str, Answered | None]()
    for number, value in (raw or {}).items():
        item = items.get(number)
        if item is None:
            faults.append(f"answers: there is no item {number!r}")
        elif value is None or value == UNKNOWN or _among(pack.scale_of(item).values, value):
            found[item.code] = value
        else:
            allowed = ", ".join(map(str, (*pack.scale_of(item).values, UNKNOWN)))
            faults.append(f"answers: item {number} is answered by one of {allowed} or null")
    return found


def _among(values: Sequence[Answered], value: object) -> bool:
    """Tell whether a value is one of these and of their kind: true is not 1."""
    return any(type(one) is type(value) and one == value for one in values)


def _words(pack: Pack, raw: object, name: str, faults: list[str]) -> str:
    if raw is None:
        return ""
    if not isinstance(raw, str):
        faults.append(f"{name}: neither words nor null")
    elif not is_seen(raw):
        faults.append(f"{name}: no words in it; null where nothing is said")
    elif name not in pack.grounds:
        faults.append(f"{name}: no ground of this instrument")
    else:
        return raw
    return ""


def _day(raw: object, name: str, faults: list[str]) -> date | None:
    if raw is None:
        return None
    try:
        if isinstance(raw, str) and _DAY.fullmatch(raw) and "1800" <= raw < "3000":
            return date.fromisoformat(raw)
    except ValueError:
        pass
    faults.append(f"{name}: not a day such as 2026-11-23")
    return None


def _past(raw: object, name: str, present: date, faults: list[str]) -> date | None:
    if raw is None:
        faults.append(f"{name}: a day is missing")
    day = _day(raw, name, faults)
    if day is not None and day > present:
        faults.append(f"{name}: {day} is after {present}")
    return day


def _incidents(raw: Any, present: date, faults: list[str]) -> list[date]:
    if raw is not None and not isinstance(raw, list):
        faults.append("incidents: not a list of days")
        return []
    days = [_past(one, "incidents", present, faults) for one in raw or []]
    return [day for day in days if day is not None]


def _previous(raw: Any, present: date, faults: list[str]) -> Earlier | None:
    if raw is None:
        return None
    if not isinstance(raw, dict):
        faults.append("previous: neither null nor an object with date and same_pair")
        return None
    faults += [f"previous: unknown field {name!r}" for name in raw if name not in {"date", "same_pair"}]
    if not isinstance(raw.get("same_pair"), bool):
        faults.append("previous.same_pair: neither true nor false")
    day = _past(raw.get("date"), "previous.date", present, faults)
    return None if day is None else Earlier(day, raw.get("same_pair") is True)
