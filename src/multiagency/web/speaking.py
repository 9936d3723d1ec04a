"""Which language an answer is in, and errors as sentences of that language."""

from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import Request

from multiagency.kernel.actor import Actor
from multiagency.kernel.errors import FieldError
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.web.asked import by_program
from multiagency.web.texts import TEXTS

LANGUAGE_COOKIE = "__Host-language"

_KEYS = {
    "missing": "error.missing",
    "string_too_short": "error.missing",
    "mail_address": "error.mail_address",
    "extra_forbidden": "error.unknown_field",
    "string_too_long": "error.too_long",
    "too_long": "error.too_many",
    "too_short": "error.none_chosen",
    "string_type": "error.not_text",
    "literal_error": "error.not_a_choice",
    "enum": "error.not_a_choice",
    "identity_code": "error.identity_code",
    "born_to_come": "error.born_to_come",
    "artificial_code": "error.artificial_code",
    "datetime_skipped": "error.skipped_moment",
    "date_not_in_calendar": "error.no_such_day",
    "date_without_year": "error.no_year",
    "clock": "error.not_a_clock",
    "about_a_client": "team_meetings.about_a_client",
    "calendar_address": "availability.not_an_address",
    "int_parsing": "error.not_a_number",
    "json_invalid": "error.bad_json",
}
_FAMILIES = {
    "uuid": "error.not_an_id",
    "datetime": "error.not_a_moment",
    "date": "error.not_a_day",
    "bool": "error.not_yes_or_no",
    "list": "error.not_a_list",
    "dict": "error.not_an_object",
    "model": "error.not_an_object",
}


def actor_of(request: Request) -> Actor | None:
    """Return who asks, as far as a door found out, also when it refused them."""
    work: Work | None = getattr(request.state, "work", None)
    return work.known if work else getattr(request.state, "refused", None)


def language_of(request: Request) -> Language:
    """Return the language of the answer: chosen on a page, asked for by a program, or the actor's own."""
    if (chosen_now := getattr(request.state, "language", None)) is not None:
        return Language(chosen_now)
    actor = actor_of(request)
    own = Language(actor.language) if actor else Language.FI
    asked = request.headers.get("accept-language", "")
    if by_program(request):
        return TEXTS.negotiate(asked, own)
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in set(Language):
        return Language(chosen)
    return own if actor else TEXTS.negotiate(asked)


def field_errors(errors: Iterable[Any]) -> list[FieldError]:
    """Translate the errors of pydantic into field errors of ours; unknown kinds become "wrong value"."""
    return [_field_error(error) for error in errors]


def _field_error(error: dict[str, Any]) -> FieldError:
    kind = error["type"]
    key = _KEYS.get(kind) or _FAMILIES.get(kind.split("_")[0], "error.wrong_value")
    place = [str(part) for part in error["loc"] if part not in {"body", "query", "path"}]
    values = {"limit": error.get("ctx", {}).get("max_length", ""), "choices": error.get("ctx", {}).get("expected", "")}
    return FieldError(".".join(place) or "body", key, values)


def sentences(language: Language, errors: Sequence[FieldError]) -> list[dict[str, str]]:
    """Return each error as {"field", "message"} in this language."""
    return [{"field": error.field, "message": TEXTS.say(language, error.key, **error.values)} for error in errors]
