"""Pages: templates of all rooms, rendered with the actor, the language and the CSRF token at hand."""

from collections import defaultdict
from collections.abc import Awaitable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from multiagency.kernel.actor import Actor
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, FieldError, Invalid, ServiceError
from multiagency.kernel.inputs import LONG
from multiagency.kernel.languages import COMPLETE, Language
from multiagency.kernel.once import Answered
from multiagency.web.asked import path_of
from multiagency.web.assets import SCRIPT, STYLE
from multiagency.web.done import Done, forget, remember, remembered
from multiagency.web.door import NOT_FIELDS, SESSION_COOKIE, runtime_of
from multiagency.web.formtokens import csrf_token, make
from multiagency.web.legible import in_sentence, legible
from multiagency.web.navigation import current, places
from multiagency.web.sendings import note, saved_by_itself
from multiagency.web.speaking import actor_of, field_errors, language_of, sentences
from multiagency.web.texts import (
    TEXTS,
    as_people_write,
    day_text,
    full_day,
    full_moment,
    moment_text,
    own_word,
    said_with_days,
)

_FormT = TypeVar("_FormT", bound=BaseModel)

_ROOMS = sorted(Path(__file__).parent.parent.glob("*/templates"))


def _shown(value: object) -> object:
    """Return what a template writes as it may be shown; what was made by a template is markup, and so already."""
    return legible(value) if type(value) is str else value


_environment = Environment(
    loader=FileSystemLoader(_ROOMS),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=_shown,
)
_environment.filters["as_people_write"] = as_people_write
_environment.globals["longest"] = f"{LONG:,}".replace(",", "\u00a0")


def page(
    request: Request, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
) -> HTMLResponse:
    """Render a template; `t` says a sentence, `csrf` stands in every form.

    `moment` and `day` write times, near ones in words; `full_moment` and `full_day` in full.
    """
    language = language_of(request)
    secret = getattr(request.state, "new_session", None) or request.cookies.get(SESSION_COOKIE, "")
    actor = actor_of(request)
    until_warned = _until_warned(request, actor)
    at_hand: dict[str, Any] = {
        "t": lambda key, **about: said_with_days(TEXTS.say(language, key, **in_sentence(about)), about),
        "moment": lambda value: moment_text(language, value),
        "day": lambda value: day_text(language, value),
        "full_moment": lambda value: full_moment(language, value),
        "full_day": full_day,
        "own_word": own_word,
        "language": language,
        "languages": list(Language),
        "complete": COMPLETE,
        "path": path_of(request),
        "actor": actor,
        "csrf": _token(request, actor, secret),
        "session_csrf": csrf_token(secret) if secret else "",
        "ends_soon": until_warned is not None and until_warned <= 0,
        "until_warned": until_warned,
        "autosave": runtime_of(request).settings.autosave_seconds,
        "banners": getattr(request.state, "banners", []),
        "style": STYLE.path,
        "script": SCRIPT.path,
        "printed": now(),
        "just_done": remembered(request),
        "errors": [],
        "filled": {},
        "kept": "",
        "kept_until": None,
    } | _places(request, actor)
    response = HTMLResponse(_environment.get_template(template).render(**(at_hand | values)), status, headers)
    if at_hand["just_done"]:
        forget(response)
    return response


def _places(request: Request, actor: Actor | None) -> dict[str, Any]:
    """Return what stands in the header: where one may go, where one is, and how much waits at each place."""
    counts = defaultdict(int, getattr(request.state, "waiting", {}))
    if actor is None:
        return {"nav": (), "menu": (), "here_in_nav": None, "counts": counts}
    nav, menu = places(actor.role)
    return {"nav": nav, "menu": menu, "here_in_nav": current(actor.role, path_of(request)), "counts": counts}


def _until_warned(request: Request, actor: Actor | None) -> int | None:
    """Return in how many seconds the page warns that the session ends; None where there is none."""
    if actor is None:
        return None
    warning = timedelta(minutes=runtime_of(request).settings.session_warning_minutes)
    return int((actor.until - warning - now()).total_seconds())


def _token(request: Request, actor: Actor | None, secret: str) -> str:
    """Return the token of the forms of this page; nobody who is not signed in has any to send."""
    if not secret:
        return ""
    return make(runtime_of(request).tools.master, actor, secret, now()) if actor else csrf_token(secret)


def see(path: str, done: Done | None = Done.SAVED) -> RedirectResponse:
    """Send the browser on after a change, so that reloading repeats nothing; the next page says what was done."""
    note(Answered(303, path, done))
    if (version := saved_by_itself()) is not None:
        return RedirectResponse(path, 204, {"x-seen": version})
    response = RedirectResponse(path, 303)
    if done:
        remember(response, done)
    return response


def fill(form: type[_FormT], data: FormData, lists: Sequence[str] = ()) -> _FormT:
    """Validate a submitted page form. Raises `Invalid` with every wrong field.

    A page sends its whole form: what it leaves out was cleared, and counts as sent.
    """
    values: dict[str, Any] = {name: data.get(name) for name in data if name not in NOT_FIELDS}
    values |= {name: data.getlist(name) for name in lists}
    try:
        found = form.model_validate(values)
    except ValidationError as error:
        raise Invalid(*field_errors(error.errors())) from error
    return found.model_copy(update={name: getattr(found, name) for name in form.model_fields})


async def attempt(request: Request, doing: Awaitable[Any]) -> list[dict[str, str]]:
    """Do something in a savepoint; return the errors to show beside the form, with nothing half-saved.

    Only wrong fields and a forbidding state come back; every other error passes through.
    """
    try:
        async with request.state.work.attempt():
            await doing
    except (Invalid, Conflict) as error:
        return said(request, error)
    return []


def said(request: Request, error: ServiceError) -> list[dict[str, str]]:
    """Return the sentences of an error in the language of the page; a forbidding state belongs to no field."""
    found = error.errors if isinstance(error, Invalid) else [FieldError("", error.key, error.values)]
    return sentences(language_of(request), found)
