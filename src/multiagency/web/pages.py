"""Pages: templates of all rooms, rendered with the actor, the language and the CSRF token at hand."""

from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from multiagency.kernel.errors import Conflict, FieldError, Invalid, ServiceError
from multiagency.kernel.languages import COMPLETE, Language
from multiagency.web.done import Done, forget, remember, remembered
from multiagency.web.door import NOT_FIELDS, SESSION_COOKIE, csrf_token
from multiagency.web.speaking import field_errors, language_of, sentences
from multiagency.web.texts import TEXTS, day_text, moment_text

_FormT = TypeVar("_FormT", bound=BaseModel)

_ROOMS = sorted(Path(__file__).parent.parent.glob("*/templates"))
_environment = Environment(
    loader=FileSystemLoader(_ROOMS), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def page(
    request: Request, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
) -> HTMLResponse:
    """Render a template; `t` says a sentence, `moment` and `day` write times, `csrf` stands in every form."""
    language = language_of(request)
    work = getattr(request.state, "work", None)
    secret = request.cookies.get(SESSION_COOKIE, "")
    at_hand: dict[str, Any] = {
        "t": lambda key, **about: TEXTS.say(language, key, **about),
        "moment": lambda value: moment_text(language, value),
        "day": day_text,
        "language": language,
        "languages": list(Language),
        "complete": COMPLETE,
        "path": request.url.path,
        "actor": work.known if work else None,
        "csrf": csrf_token(secret) if secret else "",
        "banners": getattr(request.state, "banners", []),
        "just_done": remembered(request),
        "errors": [],
        "filled": {},
    }
    response = HTMLResponse(_environment.get_template(template).render(**(at_hand | values)), status, headers)
    if at_hand["just_done"]:
        forget(response)
    return response


def see(path: str, done: Done | None = Done.SAVED) -> RedirectResponse:
    """Send the browser on after a change, so that reloading repeats nothing; the next page says what was done."""
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
