"""JSON: searching for a case."""

from typing import Annotated, Any

from fastapi import APIRouter

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.matching.forms_search import SearchForm
from multiagency.matching.reading_search import search
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(prefix="/api/v1/search", tags=["matching"], route_class=BodyRoute)


@router.post("")
async def post_search(form: SearchForm, work: Annotated[Work, door(Act.SEARCH_CASES)]) -> dict[str, Any]:
    """Find cases by a whole name, a personal identity code or a reference; `more` tells that others are older."""
    found = await search(work, form.wanted)
    cases = [
        {
            "reference": case.reference,
            "stage": case.stage,
            "opened_at": case.opened_at,
            "client": found.names.get(case.id),
        }
        for case in found.cases.rows
    ]
    return {"cases": cases, "more": found.cases.more}
