"""One entry of the log with what auditors noted on it, as a page and as JSON."""

from typing import Annotated, Any
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

pages = APIRouter()
api = APIRouter()

Reviewing = Annotated[Work, door(Act.REVIEW_LOG)]


@api.get("/entries/{entry}/notes")
async def get_notes_json(work: Reviewing, entry: UUID) -> list[notes.NoteView]:
    """Read what auditors noted on an entry, the oldest first."""
    await notes.entry(work, entry)
    return await notes.of(work, [entry])


@api.post("/entries/{entry}/notes", status_code=201)
async def post_note_json(work: Reviewing, entry: UUID, form: NoteForm) -> dict[str, Any]:
    """Note something on an entry; it is never changed afterwards."""
    return {"id": await notes.add(work, entry, form)}


@pages.get("/audit/entries/{entry}")
async def get_entry(
    request: Request, work: Reviewing, entry: UUID, rule: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """Show one entry with its notes, and the form for another; `rule` says that it is about a pattern."""
    return await _entry(request, work, entry, {"rule": rule if rule in patterns.BY_CODE else ""})


@pages.post("/audit/entries/{entry}")
async def post_entry(request: Request, work: Reviewing, entry: UUID) -> Response:
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
