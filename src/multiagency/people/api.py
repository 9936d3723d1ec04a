"""JSON: sign-in, sign-out, the directory, and notices."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Actor
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.people import reading as service
from multiagency.people import service_notices as notices
from multiagency.people.entrance import come_in, hand_over, must_be_demo, take_back
from multiagency.people.forms import MailForm, SignInForm
from multiagency.people.service_sign_in import refused, sign_out
from multiagency.web.answers import answer_error
from multiagency.web.door import SESSION_COOKIE, door
from multiagency.web.entering import BodyRoute
from multiagency.web.formtokens import csrf_token
from multiagency.web.lists import Start, link_next
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/api/v1", tags=["people"], route_class=BodyRoute)


def _who(actor: Actor, secret: str) -> dict[str, str]:
    return {
        "name": actor.name,
        "title": actor.title,
        "agency": actor.agency_name,
        "role": actor.role,
        "csrf_token": csrf_token(secret),
    }


@router.post("/session", status_code=201)
async def post_session(request: Request, form: SignInForm, work: Annotated[Work, door(Act.SIGN_IN)]) -> Response:
    """Sign in; the answer holds the CSRF token that every change must carry in `X-CSRF-Token`."""
    must_be_demo(request, work)
    signed_in = await come_in(work, form)
    if signed_in is None:
        return await answer_error(request, refused())
    secret, actor = signed_in
    response = JSONResponse(_who(actor, secret), 201)
    hand_over(response, secret)
    return response


@router.get("/session")
async def get_session(request: Request, work: Annotated[Work, door(Act.SEE_HOME)]) -> dict[str, str]:
    """Say who is signed in."""
    return _who(work.actor, request.cookies[SESSION_COOKIE])


@router.delete("/session", status_code=204)
async def delete_session(work: Annotated[Work, door(Act.SIGN_OUT)]) -> Response:
    """Sign out."""
    await sign_out(work)
    response = Response(status_code=204)
    take_back(response)
    return response


@router.get("/agencies")
async def get_agencies(request: Request, work: Annotated[Work, door(Act.SEE_DIRECTORY)]) -> list[dict[str, str]]:
    """List the agencies."""
    work.record(Mode.READ)
    language = language_of(request)
    found = await service.agencies(work)
    return [{"id": str(agency.id), "name": agency.name(language), "kind": agency.kind} for agency in found]


@router.get("/posts")
async def get_posts(request: Request, work: Annotated[Work, door(Act.SEE_DIRECTORY)]) -> list[dict[str, str | None]]:
    """List the posts that may sit at a table."""
    work.record(Mode.READ)
    language = language_of(request)
    return [
        {
            "id": str(colleague.post.id),
            "name": colleague.person.name,
            "title": colleague.post.title,
            "role": colleague.post.role,
            "office": colleague.post.office,
            "agency": str(colleague.agency.id),
            "agency_name": colleague.agency.name(language),
        }
        for colleague in await service.colleagues(work)
    ]


@router.get("/teams")
async def get_teams(work: Annotated[Work, door(Act.SEE_DIRECTORY)]) -> list[dict[str, str]]:
    """List the teams."""
    work.record(Mode.READ)
    return [{"id": str(team.id), "name": team.name, "pathway": team.pathway} for team in await service.teams(work)]


@router.get("/notices")
async def get_notices(
    response: Response, work: Annotated[Work, door(Act.READ_NOTICES)], start: Start = 0
) -> list[dict[str, object]]:
    """List what waits for this post."""
    found = await notices.mine(work, start)
    link_next(response, "/api/v1/notices", found)
    return [
        {"id": notice.id, "what": notice.what, "place": notice.place, "at": notice.created_at, "read": notice.read_at}
        for notice in found.rows
    ]


@router.get("/notices/mail")
async def get_mail_choice(work: Annotated[Work, door(Act.CHOOSE_MAIL)]) -> dict[str, str]:
    """Say how one is mailed about what waits: at_once (hourly at most) or daily."""
    work.record(Mode.READ)
    return {"mail": "daily" if await notices.mailed_daily(work) else "at_once"}


@router.put("/notices/mail", status_code=204)
async def put_mail_choice(form: MailForm, work: Annotated[Work, door(Act.CHOOSE_MAIL)]) -> Response:
    """Choose how one is mailed about what waits."""
    await notices.choose_mail(work, form)
    return Response(status_code=204)
