"""The door that every route is reached through: it opens the unit of work, checks the rule, and closes it in time.

`scope="function"` makes the transaction commit before the response leaves; with FastAPI's default a failed commit
would still read as 200. A lint rule bans `fastapi.Depends` elsewhere, and a test walks all routes for their door.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request, Response  # noqa: TID251
from starlette.datastructures import FormData

from multiagency.kernel.access import Act
from multiagency.kernel.actor import VISITOR, Presented
from multiagency.kernel.errors import Forbidden, NotSignedIn
from multiagency.kernel.journal import Mode
from multiagency.kernel.once import keep, must_be_first
from multiagency.kernel.policy import RULES
from multiagency.kernel.questions import Question
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.waiting import counted
from multiagency.kernel.work import Work
from multiagency.web.asked import by_program, form_of, path_of
from multiagency.web.etags import SEEN, seen_by
from multiagency.web.formtokens import may_send
from multiagency.web.navigation import leads_to_list
from multiagency.web.sendings import answer_of, listen, sending_of

SESSION_COOKIE = "__Host-session"
NOT_FIELDS = frozenset({"csrf", SEEN})
"""What the service itself puts into every form: nothing that somebody fills in."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def runtime_of(request: Request) -> Runtime:
    """Return the running kernel of this application."""
    runtime: Runtime = request.app.state.runtime
    return runtime


Banner = tuple[str, str]
"""A catalogue key, and where it leads."""


@dataclass(frozen=True, slots=True)
class Banners(Question[Banner]):
    """Somebody signed in opens a page: asks what must be said to them on every page."""

    work: Work


class ActDoor:
    """A declared act in front of a route.

    Fails with `NotSignedIn` (401), `Forbidden` (403) when the role may not or the CSRF token is missing, and passes
    on whatever the handler raises after rolling back.
    """

    def __init__(self, act: Act) -> None:
        self.act = act

    def only(self, request: Request) -> str:
        """Return the reference of the one case that the request is about, empty for any."""
        return ""

    async def enter(self, request: Request) -> AsyncExitStack:
        """Open the unit of work, before anything of the body is read; return what closes it.

        Whoever opens the door later in the same request finds it open, and closes it.
        """
        rule = RULES[self.act]
        presented = VISITOR if rule.public else Presented(request.cookies.get(SESSION_COOKIE, ""))
        request.state.refusable = (presented, self.act)
        if not rule.public:
            if not presented.secret:
                raise NotSignedIn
            if by_program(request):
                _check_csrf(request, presented.secret, None)
        entered = AsyncExitStack()
        opened = runtime_of(request).unit_of_work(presented, self.act, self.only(request))
        work = await entered.enter_async_context(opened)
        request.state.work, request.state.entered = work, entered
        return entered

    @asynccontextmanager
    async def open(self, request: Request, response: Response) -> AsyncIterator[Work]:
        """Open the unit of work of this request; shared by the doors of the rooms."""
        try:
            async with getattr(request.state, "entered", None) or await self.enter(request):
                work: Work = request.state.work
                form = await _posted(request)
                if work.known and form is not None:
                    _check_csrf(request, request.cookies.get(SESSION_COOKIE, ""), form)
                work.seen, sending, outcome = (
                    seen_by(request, form),
                    await sending_of(request, work, form),
                    listen(request, work),
                )
                if sending:
                    await must_be_first(work, sending)
                await _announce(request, work)
                yield work
                if sending and _changed(work) and (answer := answer_of(request, response, outcome)):
                    await keep(work, sending, answer)
                if work.known and not work.lines and not work.touched.anything:
                    work.record(Mode.READ)  # a door that touched no client data was used all the same
        finally:
            await request.close()  # lets go of what was uploaded


def _changed(work: Work) -> bool:
    """Tell whether the work did anything that must not be done twice."""
    return any(line.mode in {Mode.WRITE, Mode.DISCLOSE} for line in work.lines)


async def _announce(request: Request, work: Work) -> None:
    """Note for the page what is said on every one, and on the lists that the navigation leads to how much waits."""
    if work.known and not by_program(request):
        request.state.banners = await work.ask(Banners(work))
        if request.method == "GET" and leads_to_list(work.actor.role, path_of(request)):
            request.state.waiting = await counted(work)


class WorkDoor(ActDoor):
    """A door that as a dependency yields the `Work`."""

    async def __call__(self, request: Request, response: Response) -> AsyncIterator[Work]:
        """Open the door for one request."""
        async with self.open(request, response) as work:
            yield work


class OpenDoor:
    """A declared public act that touches no data and needs no transaction: styles, choice of language."""

    def __init__(self, act: Act) -> None:
        if not RULES[act].public:
            raise ValueError(f"{act} is not public")
        self.act = act

    async def __call__(self) -> None:
        """Let everybody pass."""


def through(entrance: Any) -> Any:
    """Return the dependency for a door, committing before the response leaves."""
    return Depends(entrance, scope="function")


def door(act: Act) -> Any:
    """Return the dependency that opens a unit of work for this act."""
    return through(WorkDoor(act))


async def _posted(request: Request) -> FormData | None:
    """Return the form that a page posts; None for a program's request, and for one that changes nothing."""
    if request.method in SAFE_METHODS or by_program(request):
        return None
    return await form_of(request)


def _check_csrf(request: Request, secret: str, form: FormData | None) -> None:
    if request.method in SAFE_METHODS:
        return
    given = request.headers.get("x-csrf-token")
    if given is None and form is not None:
        given = str(form.get("csrf", ""))
    if not may_send(given or "", secret):
        raise Forbidden("error.csrf")
