"""Pages: finding a person in the log; what is typed is posted and stays behind."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.oversight.forms import SubjectForm
from multiagency.oversight.reading_seeking import subjects
from multiagency.web.door import door
from multiagency.web.forms import take
from multiagency.web.pages import page, see

router = APIRouter(prefix="/audit/subjects")

_Reading = Annotated[Work, door(Act.READ_LOG)]


@router.get("")
async def get_subjects(request: Request, work: _Reading) -> Response:
    """Ask whose entries are looked for."""
    return page(request, "audit_subjects.html", nobody=False)


@router.post("")
async def post_subjects(request: Request, work: _Reading) -> Response:
    """Go on to the entries about that person; what was typed stays behind."""
    found: list[UUID] = []

    async def look(form: SubjectForm) -> None:
        found.extend(await subjects(work, form))

    filled, errors = await take(request, SubjectForm, look)
    if errors or not found:
        return page(
            request, "audit_subjects.html", 422 if errors else 200, errors=errors, filled=filled, nobody=not errors
        )
    return see("/audit?" + urlencode({"subject": [str(one) for one in found]}, doseq=True), None)
