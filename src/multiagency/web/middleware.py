"""Pure ASGI middleware: headers that a browser obeys, a limit on bodies, and a refusal of cross-site writes."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from fastapi import FastAPI, Request, Response
from starlette.formparsers import MultiPartParser

from multiagency.kernel.errors import CrossSite, Malformed, NoLength, ServiceError, TooLarge
from multiagency.kernel.identity_code import artificial_codes
from multiagency.web.assets import SCRIPT
from multiagency.web.compression import compressed, may_be_compressed

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answering = Callable[[Request, Exception], Awaitable[Response]]

LARGEST_BODY = 1_000_000
"""Bytes; the longest form is a checklist with comments, a few tens of thousands."""
LARGEST_UPLOAD = 6_000_000
"""Bytes, with what surrounds the file; `scan_kilobytes` says how large the file itself may be."""
_UPLOADS = re.compile(r"/cases/[^/]+/consent/scan")

# Starlette spools what is longer than this to a temporary file, in the clear: here nothing ever is.
MultiPartParser.spool_max_size = 2 * LARGEST_UPLOAD

TIMES = 5
"""How often a request is done at most when somebody else was first each time."""
_AGAIN = "multiagency.again"
HEAD = "multiagency.head"
"""Stands in the scope of a request: whether it wants the headers only."""
EVENTS = "text/event-stream"
"""The type of the one answer that leaves bit by bit (`web/live.py`)."""

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; connect-src 'self'; script-src "
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


def ask_again(scope: Scope) -> None:
    """Ask for the whole request to be done again: its transaction was rolled back because somebody else was first."""
    if _AGAIN in scope:
        scope[_AGAIN].append(True)


class Shield:
    """Wraps the application; an https `base_url` adds Strict-Transport-Security."""

    def __init__(
        self, app: FastAPI, base_url: str, answer: Answering, *, artificial: bool = False, leads_to: str = ""
    ) -> None:
        """Wrap `app`; `answer` says in the caller's language why a request was refused here.

        `artificial` identity codes are taken, or refused at every form; `leads_to` is the one origin beside our own to
        which a form may send the browser on: where the rooms are.
        """
        self._artificial = artificial
        self.app, self._answer = app, answer
        self._origin = base_url
        headers = dict(_HEADERS)
        if leads_to:
            policy = headers["content-security-policy"]
            headers["content-security-policy"] = policy.replace("form-action 'self'", f"form-action 'self' {leads_to}")
        headers["content-security-policy"] += base_url + SCRIPT.path  # this one file, and no other of our own
        if urlsplit(base_url).scheme == "https":
            headers["strict-transport-security"] = "max-age=63072000; includeSubDomains"
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless it is cross-site or too large."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = _named(scope)
        if scope["method"] not in {"GET", "HEAD"} and self._is_cross_site(headers):
            await self._refuse(scope, receive, send, CrossSite())
        elif not headers.get("content-length", "0").isdigit() or int(headers.get("content-length", 0)) > _limit(scope):
            await self._refuse(scope, receive, send, TooLarge())
        elif "chunked" in headers.get("transfer-encoding", ""):
            await self._refuse(scope, receive, send, NoLength())
        elif "\0" in unquote_to_bytes(scope["query_string"]).decode("latin-1"):
            await self._refuse(scope, receive, send, Malformed())
        else:
            await self._persist(scope, receive, send)

    async def _persist(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, and again when its transaction lost to another: it saw the world before that one.

        So nobody notices that rows are sealed under new keys while people work. The last answer stands as it is.
        """
        body = await _whole(receive)
        if body is None:
            return
        head = scope["method"] == "HEAD"  # RFC 9110 section 9.3.2: as GET, without the content
        scope = {**scope, "method": "GET"} if head else scope
        for left in reversed(range(TIMES)):
            answer: list[MutableMapping[str, Any]] = []
            again: list[bool] = []

            streamed: list[bool] = []

            async def keep(
                message: MutableMapping[str, Any], kept: list[Any] = answer, streamed: list[bool] = streamed
            ) -> None:
                if streamed or _is_stream(message):  # has nothing to be done again: its work is done
                    streamed.append(True)
                    await send(message)
                else:
                    kept.append(message)

            attempt = {**scope, "state": dict(scope.get("state", {})), _AGAIN: again, HEAD: head}
            await self._serve(attempt, _Replayed(body, receive), keep)
            if streamed:
                return
            if not again or not left:
                packing = may_be_compressed(_named(scope), scope["query_string"])
                for message in compressed(answer) if packing and answer else answer:
                    await send(_without_body(message) if head else message)
                return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and let no exception out to the server.

        An unforeseen one was answered with 500 and logged without its message (`web/answers.py`); the server would
        log it again with the message, and that may hold what somebody wrote about a client.
        """
        started = False

        async def noting(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            started = True
            await send(message)

        told = artificial_codes.set(self._artificial)
        try:
            await self.app(scope, receive, self._with_headers(noting))
        except Exception:
            if not started:
                await self._refuse(scope, receive, send, ServiceError())
        finally:
            artificial_codes.reset(told)

    def _is_cross_site(self, headers: dict[str, str]) -> bool:
        """Trust Sec-Fetch-Site where the browser sends it; with no-referrer the Origin of a form is `null`."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            return site not in {"same-origin", "none"}
        return origin is not None and origin != self._origin

    def _with_headers(self, send: Send) -> Send:
        async def wrapped(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                more = [header for header in self._headers if header[0] not in present]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        return wrapped

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, problem: ServiceError) -> None:
        request = Request({**scope, "app": self.app}, receive)
        response = await self._answer(request, problem)
        await response(scope, receive, self._with_headers(send))


def _is_stream(message: MutableMapping[str, Any]) -> bool:
    begins = message["type"] == "http.response.start"
    return begins and (b"content-type", EVENTS.encode()) in message["headers"]


def _without_body(message: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Return a message of an answer without its content."""
    return {**message, "body": b""} if message["type"] == "http.response.body" else message


def _named(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _limit(scope: Scope) -> int:
    """Return how long a body may be: a scan of a signed paper is longer than any form."""
    uploads = scope["method"] == "POST" and _UPLOADS.fullmatch(scope["path"])
    return LARGEST_UPLOAD if uploads else LARGEST_BODY


class _Replayed:
    """Gives the application the same body at every attempt, then whatever else the server has to say."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._message: MutableMapping[str, Any] | None = {"type": "http.request", "body": body, "more_body": False}
        self._receive = receive

    async def __call__(self) -> MutableMapping[str, Any]:
        message, self._message = self._message, None
        return await self._receive() if message is None else message


async def _whole(receive: Receive) -> bytes | None:
    """Return the body of a request, whose length was checked before; None when the caller has gone away."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
