"""Pages: sign-in, sign-out, notices, and the choice of language; the first page is in `pages_home`."""

from datetime import timedelta
from functools import partial
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Actor
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Invalid
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.people import pages_home
from multiagency.people import service_notices as notices
from multiagency.people.entrance import come_in, hand_over, must_be_demo, take_back
from multiagency.people.forms import MailForm, SignInForm
from multiagency.people.service_sign_in import refused, sign_out
from multiagency.web.asked import form_of
from multiagency.web.done import Done
from multiagency.web.door import OpenDoor, door, through
from multiagency.web.forms import Errors, take
from multiagency.web.kept import KEPT, show_again, show_typed, unseal
from multiagency.web.lists import Start
from multiagency.web.pages import page, said, see
from multiagency.web.speaking import LANGUAGE_COOKIE
from multiagency.web.texts import TEXTS

router = APIRouter(tags=["pages"])
router.include_router(pages_home.router)


def own_path(path: str) -> str:
    """Return `path` when it leads to a page of ours, else the first page: no link sends people elsewhere."""
    parts = urlsplit(path)
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if ours and "\\" not in path else "/"


@router.get("/notices")
async def get_notices(request: Request, work: Annotated[Work, door(Act.READ_NOTICES)], start: Start = 0) -> Response:
    """List what waits for this post, and what it has seen."""
    return await _notices(request, work, start)


async def _notices(request: Request, work: Work, start: int = 0, errors: Errors = ()) -> Response:
    return page(
        request,
        "notices.html",
        422 if errors else 200,
        notices=await notices.mine(work, start),
        known=TEXTS.sentences[Language.FI].keys(),
        filled={"mail": "daily" if await notices.mailed_daily(work) else "at_once"},
        minutes=work.tools.settings.notice_minutes,
        hour=work.tools.settings.digest_hour,
        errors=errors,
    )


@router.post("/notices/mail")
async def post_mail_choice(request: Request, work: Annotated[Work, door(Act.CHOOSE_MAIL)]) -> Response:
    """Save how one wants to be mailed about what waits."""
    _, errors = await take(request, MailForm, partial(notices.choose_mail, work))
    return await _notices(request, work, errors=errors) if errors else see("/notices", Done.SAVED)


@router.post("/notices/{notice}")
async def post_notice(notice: UUID, work: Annotated[Work, door(Act.READ_NOTICES)]) -> Response:
    """Mark a notice as read and go where it leads."""
    return see(own_path((await notices.mark_read(work, notice)).place), None)


@router.get("/sign-in")
async def sign_in_page(
    request: Request,
    work: Annotated[Work, door(Act.SIGN_IN)],
    next: str = "/",  # noqa: A002
) -> Response:
    """Show the sign-in form, where demo accounts may sign in at all."""
    return page(request, "sign_in.html", next=own_path(next), demo=work.tools.settings.demo_accounts)


@router.post("/sign-in")
async def post_sign_in(request: Request, work: Annotated[Work, door(Act.SIGN_IN)]) -> Response:
    """Sign in and go on to where the person was heading."""
    must_be_demo(request, work)
    data = await request.form()
    heading, kept = own_path(str(data.get("next", "/"))), str(data.get(KEPT, ""))
    try:
        form = SignInForm(login=str(data.get("login", "")), password=str(data.get("password", "")))
        signed_in = await come_in(work, form)
    except ValueError:
        signed_in = None
    if signed_in is None:
        filled = {"login": data.get("login", "")}
        errors = said(request, refused())
        return page(request, "sign_in.html", 401, next=heading, demo=True, errors=errors, filled=filled, kept=kept)
    response = _bring_back(request, work, kept, signed_in) or see("/" if kept else heading, None)
    hand_over(response, signed_in[0])
    return response


def _bring_back(request: Request, work: Work, kept: str, signed_in: tuple[str, Actor]) -> Response | None:
    """Show what this very person had typed when their last session was over; to anybody else nothing, and no hint."""
    secret, actor = signed_in
    hours = work.tools.settings.kept_hours
    typed = unseal(work.tools.master, kept, actor, now(), timedelta(hours=hours)) if kept else None
    if typed is None:
        return None
    request.state.new_session = secret
    return show_typed(request, typed)


@router.post("/sign-out")
async def post_sign_out(work: Annotated[Work, door(Act.SIGN_OUT)]) -> Response:
    """Sign out and forget."""
    await sign_out(work)
    response = see("/sign-in", None)
    take_back(response)
    return response


@router.post("/language")
async def post_language(
    request: Request,
    _: Annotated[None, through(OpenDoor(Act.CHOOSE_LANGUAGE))],
    next: str = "/",  # noqa: A002
) -> Response:
    """Remember the language of the pages; what stands half typed in a form is shown again in that language."""
    form = await form_of(request)
    chosen = str(form.get("to_language", form.get("language", "")))
    if chosen not in set(Language):
        raise Invalid.of("language", "error.not_a_choice", choices=", ".join(Language))
    place = own_path(next if "to_language" in form else str(form.get("next", "/")))
    request.state.language = Language(chosen)
    response = ("to_language" in form and await show_again(request, place)) or see(place, None)
    response.set_cookie(LANGUAGE_COOKIE, chosen, secure=True, httponly=True, samesite="lax", path="/")
    return response
