"""JSON: the picture of use."""

from typing import Annotated, Any

from fastapi import APIRouter

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.oversight.forms_picture import PictureAsked, picture_form
from multiagency.oversight.reading_picture import draw
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(prefix="/picture", route_class=BodyRoute)


@router.get("")
async def get_picture_json(work: Annotated[Work, door(Act.READ_LOG)], typed: PictureAsked) -> dict[str, Any]:
    """Read how many uses there were in each hour of each day."""
    picture = await draw(work, picture_form(typed))
    return {"days": [{"day": day, "hours": picture.uses[day]} for day in picture.days]}
