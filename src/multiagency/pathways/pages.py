"""Pages of the administrator: the declared models of work, how many cases keep which version, and what differs."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.pathways.reading import model_view, model_views
from multiagency.pathways.reading_drawing import drawing
from multiagency.web.door import door
from multiagency.web.pages import page
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/pathways", tags=["pages"])

_Looking = Annotated[Work, door(Act.SEE_PATHWAYS)]


@router.get("")
async def get_pathways(request: Request, work: _Looking) -> Response:
    """List the models, with how many cases go on in each."""
    return page(request, "pathways.html", models=await model_views(work))


@router.get("/{code}")
async def get_pathway(request: Request, code: str, work: _Looking) -> Response:
    """Show one model: its versions, its stages as a picture and as text, what differs from version to version."""
    found = await model_view(work, code)
    words = found.in_force.words.get(language_of(request), found.in_force.words["fi"])
    drawn = drawing(found.in_force, words.get("stage", {}))
    return page(request, "pathway.html", found=found, model=found.in_force, drawn=drawn)
