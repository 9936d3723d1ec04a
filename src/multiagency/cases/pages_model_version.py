"""Page: what would differ for a case in a newer version of its model, and the move to it."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases import service_model_version as service
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.forms import VersionForm
from multiagency.cases.pages_filling import back_to, show
from multiagency.kernel.access import Act
from multiagency.pathways.reading_differences import differences
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take

router = APIRouter(prefix="/cases/{reference}")

Moving = Annotated[Desk, case_door(Act.MOVE_VERSION)]


@router.get("/version")
async def get_version(request: Request, desk: Moving) -> Response:
    """Say what differs, and ask why the case should go on so."""
    return _version(request, desk, {})


@router.post("/version")
async def post_version(request: Request, desk: Moving) -> Response:
    """Let the case keep the newer version."""
    filled, errors = await take(request, VersionForm, partial(service.move_version, desk))
    return _version(request, desk, filled, errors) if errors else back_to(desk, Done.VERSION_MOVED)


def _version(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    wanted = service.newer(desk)
    return show(
        request,
        desk,
        "case_version.html",
        filled,
        errors,
        case=desk.case,
        wanted=wanted,
        fits=wanted is not None and service.fits(desk, wanted),
        differs=differences(desk.model, wanted) if wanted else [],
    )
