"""Pages: one entry of the log with what auditors noted on it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.oversight import patterns
from multiagency.oversight import service_notes as notes
from multiagency.oversight.forms import Conclusion, NoteForm
from multiagency.oversight.reading_rows import rows_of
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/audit/entries")

_Reviewing = Annotated[Work, door(Act.REVIEW_LOG)]


@router.get("/{entry}")
async def get_entry(
    request: Request, work: _Reviewing, entry: UUID, rule: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """Show one entry with its notes, and the form for another; `rule` says that it is about a pattern."""
    return await _entry(request, work, entry, {"rule": rule if rule in patterns.BY_CODE else ""})


@router.post("/{entry}")
async def post_entry(request: Request, work: _Reviewing, entry: UUID) -> Response:
    """Note something on an entry."""

    async def note(form: NoteForm) -> None:
        await notes.add(work, entry, form)

    filled, errors = await take(request, NoteForm, note)
    return await _entry(request, work, entry, filled, errors) if errors else see(f"/audit/entries/{entry}#notes")


async def _entry(request: Request, work: Work, entry: UUID, filled: Filled, errors: Errors = ()) -> Response:
    view = await notes.entry(work, entry)
    own = str(((view.detail or {}).get("actor") or {}).get("person")) == str(work.actor.person_id)
    status = 422 if any(error["field"] for error in errors) else 409
    return page(
        request,
        "audit_entry.html",
        status if errors else 200,
        entry=(await rows_of(work, [view], language_of(request)))[0],
        notes=await notes.of(work, [entry]),
        conclusions=list(Conclusion),
        rules=list(patterns.BY_CODE),
        own=own,
        errors=errors,
        filled=filled,
    )
