"""The one place where somebody comes in: demo accounts, only where they can do no harm."""

from datetime import timedelta

from fastapi import Request, Response

from multiagency.kernel.actor import Actor
from multiagency.kernel.errors import Forbidden
from multiagency.kernel.work import Work
from multiagency.people.forms import SignInForm
from multiagency.people.service_sign_in import sign_in
from multiagency.settings import is_loopback
from multiagency.web.callers import was_forwarded
from multiagency.web.door import SESSION_COOKIE


def must_be_demo(request: Request, work: Work) -> None:
    """Raise `Forbidden` unless demo accounts are on, the caller is this machine, and nothing was forwarded."""
    local = request.client is not None and is_loopback(request.client.host)
    if not work.tools.settings.demo_accounts or not local or was_forwarded(request):
        raise Forbidden("sign_in.no_demo_accounts")


async def come_in(work: Work, form: SignInForm) -> tuple[str, Actor] | None:
    """Open a session for a demo account; None when login or password is wrong."""
    lifetime = timedelta(hours=work.tools.settings.session_hours)
    return await sign_in(work, form.login, form.password, "demo", lifetime)


def hand_over(response: Response, secret: str) -> None:
    """Give the browser its session: this host only, never to scripts, never in clear over a network."""
    response.set_cookie(SESSION_COOKIE, secret, secure=True, httponly=True, samesite="lax", path="/")


def take_back(response: Response) -> None:
    """Remove the session and everything that the browser kept of these pages."""
    response.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="lax", path="/")
    response.headers["clear-site-data"] = '"cache", "cookies", "storage"'
