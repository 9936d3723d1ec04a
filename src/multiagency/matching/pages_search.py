"""Pages: searching for a case; what is typed is posted, and never stands in an address."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.errors import TooOften
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.matching.forms_search import SearchForm
from multiagency.matching.reading_search import Hits, search
from multiagency.web.door import door
from multiagency.web.forms import take, typed
from multiagency.web.pages import page, said

router = APIRouter(prefix="/search", tags=["pages"])

_Searching = Annotated[Work, door(Act.SEARCH_CASES)]


@router.get("")
async def get_search(request: Request, work: _Searching) -> Response:
    """Ask what is searched for."""
    return page(request, "search.html", found=None)


@router.post("")
async def post_search(request: Request, work: _Searching) -> Response:
    """Show the cases that were found."""
    found: list[Hits] = []

    async def look(form: SearchForm) -> None:
        found.append(await search(work, form.wanted))

    try:
        filled, errors = await take(request, SearchForm, look)
    except TooOften as error:
        work.record(Mode.DENY, result=str(error.status))
        filled, errors = typed(await request.form()), said(request, error)
        return page(request, "search.html", error.status, errors=errors, filled=filled, found=None)
    shown = found[0] if found else None
    return page(request, "search.html", 422 if errors else 200, errors=errors, filled=filled, found=shown)
