"""JSON: finding a person in the log."""

from typing import Annotated, Any

from fastapi import APIRouter

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.oversight.forms import SubjectForm
from multiagency.oversight.reading_seeking import subjects
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(prefix="/subjects", route_class=BodyRoute)


@router.post("")
async def post_subjects_json(work: Annotated[Work, door(Act.READ_LOG)], form: SubjectForm) -> dict[str, Any]:
    """Return the ids under which the log knows a person, for the filter `subject`."""
    return {"subjects": await subjects(work, form)}
