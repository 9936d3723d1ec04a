"""Pages: the child-welfare notification that anybody who meets people can print, whatever they see here."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.disclosures.forms import PaperNotificationForm
from multiagency.disclosures.paper_notification import notification_pdf
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/child-welfare")

_Notifying = Annotated[Work, door(Act.NOTIFY_WITHOUT_CASE)]


@router.get("/notification")
async def get_notification(request: Request, work: _Notifying) -> Response:
    """Ask about whom, why, and to whom."""
    return _form(request, {})


@router.post("/notification")
async def post_notification(request: Request, work: _Notifying) -> Response:
    """Answer with the document, or with what is missing; nothing of it stays here."""
    made: list[Response] = []

    async def make(form: PaperNotificationForm) -> None:
        made.append(await notification_pdf(work, form, language_of(request)))

    filled, errors = await take(request, PaperNotificationForm, make)
    return made[0] if made else _form(request, filled, errors)


def _form(request: Request, filled: Filled, errors: Errors = ()) -> Response:
    return page(request, "child_welfare_paper.html", 422 if errors else 200, filled=filled, errors=errors)
