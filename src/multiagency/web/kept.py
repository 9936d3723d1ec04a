"""What somebody typed, brought back after their session had ended: sealed to them, kept by their browser alone.

`issued (4) | nonce (12) | ciphertext`, under a key derived from the master key; person, post and time of issue are
authenticated beside it, the path stands inside, so that whoever else signs in learns not even where it was typed. What
is secret by itself (a password, a file, a confirmation) is not carried (decision 0032).
"""

import base64
import binascii
import contextlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi import Request, Response
from starlette.datastructures import FormData

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Actor, Presented
from multiagency.kernel.clock import now
from multiagency.kernel.crypto import CannotDecrypt, open_with, seal_with
from multiagency.kernel.errors import Forbidden, Malformed, NotSignedIn, ServiceError
from multiagency.kernel.keys import MasterKeys
from multiagency.kernel.runtime import Runtime
from multiagency.web.asked import form_of, path_of
from multiagency.web.door import SESSION_COOKIE, runtime_of
from multiagency.web.formtokens import FormToken, read
from multiagency.web.labels import said_field, said_value
from multiagency.web.pages import page
from multiagency.web.speaking import language_of

KEPT = "kept"
"""The field of the sign-in form that carries it."""
_PURPOSE = b"kept form"
_NOT_CARRIED = frozenset({"csrf", "password", "confirmed", "to_language", KEPT})
_MOST = 500_000
"""Bytes; more would not fit through the sign-in form (`LARGEST_BODY`)."""
_UNREADABLE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_LONG = 80
_HIDDEN = frozenset({"seen", "then", "next"})

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TypedForm:
    """A form as it was typed, and where."""

    path: str
    fields: Fields


def seal(master: MasterKeys, token: FormToken, typed: TypedForm, moment: datetime) -> str:
    """Seal a form to whom it was made for."""
    issued = int(moment.timestamp()).to_bytes(4, "big")
    content = json.dumps([typed.path, typed.fields]).encode()
    about = token.person_id.bytes + token.post_id.bytes + issued
    return base64.urlsafe_b64encode(issued + seal_with(master.derived(_PURPOSE)[0], content, about)).decode()


def unseal(master: MasterKeys, kept: str, actor: Actor, moment: datetime, lifetime: timedelta) -> TypedForm | None:
    """Return what this person in this post had typed; None for anybody else, for anything else, and after its time."""
    try:
        raw = base64.b64decode(kept.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    issued, sealed = raw[:4], raw[4:]
    age = moment - datetime.fromtimestamp(int.from_bytes(issued, "big"), UTC)
    if not timedelta(seconds=-60) <= age <= lifetime:
        return None
    about = actor.person_id.bytes + actor.post_id.bytes + issued
    for key in master.derived(_PURPOSE):
        with contextlib.suppress(CannotDecrypt):
            path, fields = json.loads(open_with(key, sealed, about))
            return TypedForm(path, [(name, value) for name, value in fields])
    return None


def may_be_kept(request: Request, problem: ServiceError) -> bool:
    """Tell whether a refusal is one that must not cost anybody their text: no session any more, or an old form."""
    lost = isinstance(problem, NotSignedIn) or (isinstance(problem, Forbidden) and problem.key == "error.csrf")
    return lost and request.method == "POST" and not path_of(request).startswith(("/api/", "/sign-in"))


async def keep_typed(request: Request, problem: ServiceError) -> Response | None:
    """Answer a refused form with what was typed: openly to its writer in a new session, sealed to anybody else.

    None where there is nothing to keep, or nobody to keep it for.
    """
    runtime = runtime_of(request)
    token, typed = await _typed(request, runtime)
    if token is None or typed is None:
        return None
    if await _is_writer(request, runtime, token):
        return show_typed(request, typed, problem.status)
    hours, settings = runtime.settings.kept_hours, runtime.settings
    kept = seal(runtime.tools.master, token, typed, now())
    until = now() + timedelta(hours=hours)
    return page(
        request, "sign_in.html", problem.status, next="/", demo=settings.demo_accounts, kept=kept, kept_until=until
    )


async def show_again(request: Request, path: str) -> Response | None:
    """Show a form of one's own again that was not sent to its own place: its writer chose another language."""
    runtime = runtime_of(request)
    token, typed = await _typed(request, runtime)
    if token is None or typed is None or not await _is_writer(request, runtime, token):
        return None
    return show_typed(request, TypedForm(path, typed.fields))


async def _typed(request: Request, runtime: Runtime) -> tuple[FormToken | None, TypedForm | None]:
    try:
        form = await form_of(request)
    except Malformed:
        return None, None
    fields = carried(form)
    fits = 0 < sum(len(value.encode()) for _, value in fields) <= _MOST
    return read(runtime.tools.master, str(form.get("csrf", ""))), TypedForm(path_of(request), fields) if fits else None


def carried(form: FormData) -> Fields:
    """Return what of a form may be brought back."""
    pairs = [(name, value) for name, value in form.multi_items() if name not in _NOT_CARRIED]
    return [(name, value) for name, value in pairs if isinstance(value, str)]


async def _is_writer(request: Request, runtime: Runtime, token: FormToken) -> bool:
    """Tell whether whoever is signed in now is whom the form was made for; then the page is theirs."""
    secret = request.cookies.get(SESSION_COOKIE, "")
    if not secret:
        return False
    try:
        async with runtime.unit_of_work(Presented(secret), Act.SEE_HOME) as work:
            if (work.actor.person_id, work.actor.post_id) != (token.person_id, token.post_id):
                return False
            request.state.work = work
    except NotSignedIn:
        return False
    return True


def show_typed(request: Request, typed: TypedForm, status: int = 200) -> Response:
    """Show a form again as it was typed, to be sent when its writer says so and not before."""
    language = language_of(request)
    rows = []
    for name, value in typed.fields:
        said = said_value(language, name, value)
        fixed = name in _HIDDEN or said != value or _UNREADABLE.fullmatch(value) is not None
        kind = "hidden" if fixed else "text" if len(value) > _LONG or "\n" in value else "line"
        shown = said if name not in _HIDDEN and not _UNREADABLE.fullmatch(value) else ""
        rows.append({"name": name, "value": value, "kind": kind, "label": said_field(language, name), "shown": shown})
    return page(request, "kept.html", status, rows=rows, to=typed.path)
