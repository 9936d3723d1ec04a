"""What the fields of forms are called, and how their values read, where a form is shown apart from its own page."""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from multiagency.kernel.inputs import WEEKDAYS
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS, as_people_write

_CALLED = re.compile(
    r'parts\.(?:line|text|choices|pick|day|birth_date|moment|happened|clock)\("(\w+)", t\("([a-z_.]+)"'
)
_NAMED = {
    "agency": "log.filter.agency",
    "answer": "consent.answer",
    "born": "person.born",
    "decision": "child_welfare.decision",
    "giver": "consent.giver",
    "identity_code": "person.identity_code",
    "kinds": "consent.kinds",
    "language": "contact.language",
    "name": "person.name",
    "outcome": "my_actions.outcome",
    "phone": "contact.phone",
    "post": "typed.post",
    "purpose": "consent.purpose_asked",
    "reason": "typed.reason",
    "recipient_name": "disclosure.recipient_name",
    "team": "case_new.team",
    "text": "minutes.record.text",
}
"""Fields that several forms have under labels of their own."""
_KINDS = {kind: f"consent.kind.{kind}" for kind in ("identity", "contact", "party", "narrative", "risk")}
_WORDS = {
    "language": {code: f"language.{code}" for code in ("fi", "sv", "en", "se", "smn", "sms", "other")},
    "role": {role: f"party.{role}" for role in ("person_using_violence", "child", "guardian", "other")},
    "judged_high": {"true": "risk.judged.high", "false": "risk.judged.not_high", "": "risk.judged.not_judged"},
    "answer": {answer: f"risk.answer.{answer}" for answer in ("yes", "no", "not_known", "unanswered")}
    | {answer: f"consent.said.{answer}" for answer in ("given", "refused")}
    | {"withdrawn": "consent.state.withdrawn"},
    "knows": {answer: f"research.answers.{answer}" for answer in ("known", "nothing_known")},
    "how": {how: f"consent.how.{how}" for how in ("spoken", "written", "electronic")},
    "kinds": _KINDS,
    "share": _KINDS | {share: f"consent.share.{share}" for share in ("all", "some", "none")},
    "safe_days": {day: f"weekday.{day}" for day in WEEKDAYS} | {"other": "contact.other_days"},
    "forbidden": {"true": "guardians.forbids", "false": "guardians.allows"},
}
_SEVERAL = frozenset({"kinds", "safe_days", "share"})
"""Fields with more than one value, each without a space in it."""
_YES_OR_NO = {"true": "page.yes", "false": "page.no", "": "page.no"}
_ASKED = frozenset({"capable", "minor", "may_decide", "suspected"})
_OF_INSTRUMENTS = frozenset({"answer", "comment", "source", "safety", "further", "grid"})
_TICKED = frozenset({"may_leave_message", "covers_household"})


@cache
def _labels() -> dict[str, str]:
    """Return what the templates call each field, where all that have it say the same."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for template in Path(__file__).parents[1].glob("*/templates/*.html"):
        for name, key in _CALLED.findall(template.read_text("utf-8")):
            found[name].add(key)
    return {name: keys.pop() for name, keys in found.items() if len(keys) == 1} | _NAMED


def _asked(kind: str, code: str) -> str | None:
    """Return the key of what an instrument asks, of the newest that asks it: a form tells only the code."""
    ends = f".{kind}.{code}"
    found = [key for key in TEXTS.sentences[Language.FI] if key.startswith("pack.") and key.endswith(ends)]
    return found[-1] if found else None


def said_field(language: Language, name: str, shown: Mapping[str, str] | None = None) -> str:
    """Return what a field is called: what `shown` says of the id in its name; one that no form names is a field."""
    kind, _, item = name.partition("-")
    if shown and item in shown:
        return shown[item]
    if item and kind in _OF_INSTRUMENTS and (key := _asked("safety" if kind == "safety" else "item", item)):
        question = TEXTS.say(language, key)
        return f"{question} – {TEXTS.say(language, f'risk.{kind}')}" if kind in {"comment", "source"} else question
    labels = _labels()  # of somebody in a row: child-0-name
    return TEXTS.say(language, labels.get(name) or labels.get(name.rpartition("-")[2], "typed.field"))


def said_value(language: Language, name: str, value: str, shown: Mapping[str, str] | None = None) -> str:
    """Return how a value reads: its word where it is a choice, what `shown` says of an id, a day as people write it."""
    if name.partition("-")[0] in _SEVERAL and " " in value:
        return ", ".join(said_value(language, name, one, shown) for one in value.split())
    if name in _ASKED and not value:
        return value
    words = _YES_OR_NO if name in _TICKED | _ASKED else _WORDS.get(name.partition("-")[0], {})
    if value in words:
        return TEXTS.say(language, words[value])
    return (shown or {}).get(value, as_people_write(value))
