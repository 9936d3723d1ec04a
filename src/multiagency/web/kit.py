"""Every component that pages are made of, in every state, on one page: in the demo, and nowhere else."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.errors import NotVisible
from multiagency.web.door import OpenDoor, runtime_of, through
from multiagency.web.pages import page
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS

router = APIRouter(tags=["pages"])


@router.get("/kit")
async def get_kit(request: Request, _: Annotated[None, through(OpenDoor(Act.SEE_KIT))]) -> Response:
    """Show the components, filled in wrongly too. Raises `NotVisible` where no demo runs."""
    if not runtime_of(request).settings.demo_accounts:
        raise NotVisible
    message = TEXTS.say(language_of(request), "error.missing")
    wrong = [{"field": name, "message": message} for name in ("wrong_line", "wrong_choice", "wrong_seg")]
    return page(request, "kit.html", wrong=wrong)
