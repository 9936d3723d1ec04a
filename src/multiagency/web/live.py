"""Pages that follow what happens: server-sent events without content (WHATWG HTML, section 9.2; decision 0054).

An event says that the page is no longer what it was, and nothing else: the browser asks for the page again, through the
same door. Each stream asks by itself every few seconds, in a short unit of work of its own, so that row security, the
end of the session and the end of sight hold for it as for any request. While it waits it holds no connection.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse  # noqa: TID251 - what it sends has no content
from sqlalchemy.exc import SQLAlchemyError

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.errors import ServiceError, TooOften
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.web.door import SESSION_COOKIE, runtime_of
from multiagency.web.middleware import EVENTS, HEAD

AT_ONCE = 3
"""Streams that one person may hold in one process: a browser shares six connections among all its pages."""
_NOTHING = b":\n\n"
"""A comment, now and then: whoever has gone is noticed, and no proxy takes the line for dead."""

Look = Callable[[Work], Awaitable[str | None]]
"""Returns what changes with the page; None where the actor may not look any more."""
_held: Counter[UUID] = Counter()


async def follow(request: Request, work: Work, known: str, look: Look) -> Response:
    """Answer with a stream that says whenever what `look` returns is no longer what the page knows.

    That is `known`, or what the last event said before the line broke (`Last-Event-ID`). Raises `TooOften` where the
    person holds as many streams as they may.
    """
    runtime = runtime_of(request)
    if request.scope.get(HEAD) or not runtime.settings.live_minutes:
        return Response(status_code=204)  # a browser does not come back for more
    person = work.actor.person_id
    if _held[person] >= AT_ONCE:
        raise TooOften("live.too_many", number=AT_ONCE)
    presented = Presented(request.cookies.get(SESSION_COOKIE, ""))
    known = request.headers.get("last-event-id") or known or await look(work) or ""
    events = changes(runtime, presented, work.act, known, look)
    return _Stream(_counted(person, events), headers={"x-accel-buffering": "no"})


class _Stream(StreamingResponse):
    """Its content type stands as it is: a stream of events is UTF-8 always."""

    def init_headers(self, headers: Any = None) -> None:
        super().init_headers(headers)
        self.headers["content-type"] = EVENTS


async def _counted(person: UUID, events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if _held[person] >= AT_ONCE:
        return
    _held[person] += 1
    try:
        async for event in events:
            yield event
    finally:
        _held[person] -= 1
        if not _held[person]:
            del _held[person]


async def changes(runtime: Runtime, presented: Presented, act: Act, first: str, look: Look) -> AsyncIterator[bytes]:
    """Yield an event whenever the answer differs; end with the session, the role, the sight, and after a while."""
    every, known = runtime.settings.live_seconds, first
    longest = runtime.settings.live_minutes * 60
    yield b"retry: 5000\n\n"
    for _ in range(int(longest / every)):
        await asyncio.sleep(every)
        try:
            async with runtime.unit_of_work(presented, act) as work:
                found = await look(work)
        except (ServiceError, SQLAlchemyError, OSError):
            return  # the browser comes back, through the door
        if found is None:
            return
        yield _NOTHING if found == known else f"id: {found}\ndata: changed\n\n".encode()
        known = found
