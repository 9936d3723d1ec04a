"""Errors as answers: problem+json (RFC 9457) for programs, a page with an error summary for people."""

import logging
import traceback
from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from multiagency.kernel.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    Malformed,
    NotSignedIn,
    NotVisible,
    ServiceError,
    TooLarge,
    TooOften,
    Unavailable,
)
from multiagency.kernel.ids import as_reference
from multiagency.kernel.journal import Line
from multiagency.kernel.once import Answered, AnsweredBefore
from multiagency.kernel.versions import Stale
from multiagency.kernel.work import Work
from multiagency.web.asked import by_program, path_of
from multiagency.web.conflicts import show_both
from multiagency.web.done import Done, remember
from multiagency.web.door import runtime_of
from multiagency.web.kept import keep_typed, may_be_kept
from multiagency.web.middleware import ask_again
from multiagency.web.pages import page
from multiagency.web.speaking import field_errors, language_of, sentences
from multiagency.web.texts import TEXTS

_log = logging.getLogger(__name__)
_CHANGED_MEANWHILE = frozenset({"40001", "40P01", "23505"})
"""Serialization failure, deadlock, taken: somebody else was first. Done again, the act sees what they did."""
_NO_TEXT = "22021"
"""A character that no text may hold (U+0000): it came from outside."""
_SHUTTING_DOWN = frozenset({"57P01", "57P02", "57P03", "08000", "08003", "08006"})


async def answer_error(request: Request, error: Exception) -> Response:
    """Answer any error; a refusal is logged first, and where that fails the answer is 503."""
    if isinstance(error, AnsweredBefore):
        return _again(error.answer)
    problem = as_service_error(error)
    if _state(error) in _CHANGED_MEANWHILE:
        ask_again(request.scope)
    if problem.status >= 500:
        # Type and places only: messages of the driver may hold personal data, paths hold private addresses.
        places = "".join(traceback.format_tb(error.__traceback__))
        _log.error("%s %s %s\n%s", request.method, type(error).__name__, _state(error) or "", places)
    if isinstance(problem, NotVisible | Forbidden | TooOften):
        problem = await _log_refusal(request, problem)
    elif isinstance(error, Conflict | Invalid | Stale) and (read := _was_read(request, problem)):
        problem = await _log_refusal(request, problem, read)
    if isinstance(problem, Stale) and not by_program(request):
        return await show_both(request, problem)
    if may_be_kept(request, problem) and (kept := await keep_typed(request, problem)):
        return kept
    return _answer(request, problem)


def _again(answer: Answered) -> Response:
    """Answer as the same change was answered before."""
    headers = {"location": answer.location} if answer.location else None
    response = Response(status_code=answer.status, headers=headers)
    if answer.said:
        remember(response, Done(answer.said))
    return response


def as_service_error(error: Exception) -> ServiceError:
    """Return the error in our own words; what nobody foresaw is 500."""
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, RequestValidationError):
        return Invalid(*field_errors(error.errors()))
    if isinstance(error, HTTPException):
        kinds = {404: NotVisible, 405: NotVisible, 413: TooLarge}
        return kinds.get(error.status_code, Malformed if error.status_code < 500 else ServiceError)()
    if isinstance(error, DBAPIError):
        return _of_the_database(error)
    if isinstance(error, PoolTimeout | ConnectionError | OSError):
        return Unavailable()
    return ServiceError()


def _state(error: Exception) -> str | None:
    """Return the SQLSTATE of an error of the database."""
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None


def _of_the_database(error: DBAPIError) -> ServiceError:
    """What row security refuses (42501) the guard should have refused before: a fault of ours, and never a race."""
    state = _state(error)
    if state in _CHANGED_MEANWHILE:
        return Conflict("error.changed_meanwhile")
    if state == _NO_TEXT:
        return Malformed()
    if error.connection_invalidated or state in _SHUTTING_DOWN or isinstance(error, InterfaceError | OperationalError):
        return Unavailable()
    return ServiceError()


def _was_read(request: Request, problem: ServiceError) -> list[Line]:
    """Return what was looked at before the rest was forbidden: the answer speaks of it."""
    work: Work | None = getattr(request.state, "work", None)
    return work.was_read(str(problem.status)) if work and work.known else []


async def _log_refusal(request: Request, problem: ServiceError, read: Sequence[Line] = ()) -> ServiceError:
    refusable = getattr(request.state, "refusable", None)
    if refusable is None:
        return problem
    try:
        presented, act = refusable
        reference = as_reference(request.path_params.get("reference", ""))  # never whatever was typed
        request.state.refused = await runtime_of(request).refuse(presented, act, problem, reference or None, read)
    except Unavailable as unavailable:
        return unavailable
    return problem


def _answer(request: Request, problem: ServiceError) -> Response:
    language = language_of(request)
    errors: Sequence[FieldError] = problem.errors if isinstance(problem, Invalid) else ()
    title = TEXTS.say(language, problem.key, **problem.values)
    headers = {"retry-after": "5"} if problem.status == 503 else None
    if by_program(request):
        body = {"type": f"urn:multiagency:{problem.key}", "title": title, "status": problem.status}
        content = body | ({"errors": sentences(language, errors)} if errors else {})
        if isinstance(problem, Stale):
            content["version"], headers = problem.version, {"etag": f'"{problem.version}"'}
        return JSONResponse(content, problem.status, headers, media_type="application/problem+json")
    if isinstance(problem, NotSignedIn) and request.method in {"GET", "HEAD"}:
        return RedirectResponse(f"/sign-in?next={path_of(request)}", 303)
    return page(request, "error.html", problem.status, headers, title=title, errors=sentences(language, errors))


def install(app: FastAPI) -> None:
    """Let the application answer every error this way."""
    for kind in (ServiceError, RequestValidationError, HTTPException, DBAPIError, PoolTimeout, OSError, Exception):
        app.add_exception_handler(kind, answer_error)
