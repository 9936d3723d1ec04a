"""One way for all changes that may come twice: a form by its token, a program's post by `Idempotency-Key`."""

import hashlib
from contextvars import ContextVar
from dataclasses import dataclass

from fastapi import Request, Response
from starlette.datastructures import FormData, UploadFile

from multiagency.kernel.errors import Invalid
from multiagency.kernel.once import Answered, Sending
from multiagency.kernel.work import Work
from multiagency.web import formtokens
from multiagency.web.asked import by_program, path_of

AUTOSAVE = "x-autosave"
"""The header of a form that saves itself while somebody types."""
_LONGEST_KEY = 200
_said: ContextVar["Outcome | None"] = ContextVar("outcome", default=None)


@dataclass(slots=True)
class Outcome:
    """Where a page sends the browser after a change, as it will be answered if the same form comes again.

    `work` does what a form asks for that saves itself while somebody types: its writer stays where they are.
    """

    work: Work | None
    answer: Answered | None = None


def listen(request: Request, work: Work) -> Outcome:
    """Begin to note where this request's page sends the browser."""
    outcome = Outcome(work if AUTOSAVE in request.headers else None)
    _said.set(outcome)
    return outcome


def saved_by_itself() -> str | None:
    """Return which version stands now that a form has saved itself; None where somebody sent it."""
    outcome = _said.get()
    return outcome.work.saved if outcome and outcome.work else None


def note(answer: Answered) -> None:
    """Note it."""
    if (outcome := _said.get()) is not None:
        outcome.answer = answer


async def sending_of(request: Request, work: Work, form: FormData | None) -> Sending | None:
    """Return what tells this sending of a change from others; None where nothing does."""
    if request.method != "POST" or work.known is None:
        return None
    place = f"{request.method} {path_of(request)}".encode()
    if form is None:
        return await _of_program(request, work, place)
    token = formtokens.read(work.tools.master, str(form.get("csrf", "")))
    if token is None:
        return None
    # Whoever goes back and sends the same form with another text means another change.
    body = await _digest(form)
    exact = work.tools.lookup.exact
    return Sending(exact("form", token.head, place, body), exact("body", place, body), waits=True)


async def _of_program(request: Request, work: Work, place: bytes) -> Sending | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 0 < len(key) <= _LONGEST_KEY:
        raise Invalid.of("idempotency-key", "error.too_long", limit=_LONGEST_KEY)
    exact = work.tools.lookup.exact
    body = hashlib.sha256(await request.body()).digest()
    return Sending(exact("key", key.encode()), exact("body", place, body), waits=False)


async def _digest(form: FormData) -> bytes:
    digest = hashlib.sha256()
    for name, value in form.multi_items():
        if name == "csrf":
            continue
        content = value.encode() if isinstance(value, str) else await _content(value)
        digest.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(content).digest())
    return digest.digest()


async def _content(file: UploadFile) -> bytes:
    await file.seek(0)
    content = await file.read()
    await file.seek(0)
    return content


def answer_of(request: Request, response: Response, outcome: Outcome) -> Answered | None:
    """Return how a change is answered, where that can be said again: a page's way on, a program's status and place."""
    if not by_program(request):
        return outcome.answer
    status = getattr(request.scope.get("route"), "status_code", None) or 200
    return Answered(status, response.headers.get("location"))
