"""What the fields of forms are called, and how their values read, where a form is shown apart from its own page."""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from multiagency.kernel.inputs import WEEKDAYS
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

_CALLED = re.compile(r'parts\.(?:line|text|choices|pick)\("(\w+)", t\("([a-z_.]+)"')
_NAMED = {
    "agency": "log.filter.agency",
    "answer": "consent.answer",
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
_WORDS = {
    "language": {code: f"language.{code}" for code in ("fi", "sv", "en", "se", "smn", "sms", "other")},
    "role": {role: f"party.{role}" for role in ("person_using_violence", "child", "guardian", "other")},
    "judged_high": {"true": "risk.judged.high", "false": "risk.judged.not_high", "": "risk.judged.not_judged"},
    "answer": {answer: f"risk.answer.{answer}" for answer in ("yes", "no", "not_known", "unanswered")}
    | {answer: f"consent.said.{answer}" for answer in ("given", "refused")}
    | {"withdrawn": "consent.state.withdrawn"},
    "how": {how: f"consent.how.{how}" for how in ("spoken", "written", "electronic")},
    "kinds": {kind: f"consent.kind.{kind}" for kind in ("identity", "contact", "party", "narrative", "risk")},
    "safe_days": {day: f"weekday.{day}" for day in WEEKDAYS},
    "forbidden": {"true": "guardians.forbids", "false": "guardians.allows"},
}
_SEVERAL = frozenset({"kinds", "recipients", "safe_days"})
"""Fields with more than one value, each without a space in it."""
_YES_OR_NO = {"true": "page.yes", "false": "page.no", "": "page.no"}
_ASKED = frozenset({"capable", "minor", "may_decide", "suspected"})
_TICKED = frozenset({"may_leave_message", "covers_household"})


@cache
def _labels() -> dict[str, str]:
    """Return what the templates call each field, where all that have it say the same."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for template in Path(__file__).parents[1].glob("*/templates/*.html"):
        for name, key in _CALLED.findall(template.read_text("utf-8")):
            found[name].add(key)
    return {name: keys.pop() for name, keys in found.items() if len(keys) == 1} | _NAMED


def said_field(language: Language, name: str) -> str:
    """Return what a field is called; one that no form names is called a field."""
    kind, _, item = name.partition("-")
    if item and kind == "safety" and f"risk.safety.{item}" in TEXTS.sentences[Language.FI]:
        return TEXTS.say(language, f"risk.safety.{item}")
    if item and kind in {"answer", "comment", "source"} and f"risk.item.{item}" in TEXTS.sentences[Language.FI]:
        question = TEXTS.say(language, f"risk.item.{item}")
        return question if kind == "answer" else f"{question} – {TEXTS.say(language, f'risk.{kind}')}"
    return TEXTS.say(language, _labels().get(name, "typed.field"))


def said_value(language: Language, name: str, value: str, shown: Mapping[str, str] | None = None) -> str:
    """Return how a value reads: its word where it is a choice, what `shown` says of an id, else itself."""
    if name in _SEVERAL and " " in value:
        return ", ".join(said_value(language, name, one, shown) for one in value.split())
    if name in _ASKED and not value:
        return value
    words = _YES_OR_NO if name in _TICKED | _ASKED else _WORDS.get(name.partition("-")[0], {})
    if value in words:
        return TEXTS.say(language, words[value])
    return (shown or {}).get(value, value)
