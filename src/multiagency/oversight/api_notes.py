"""JSON: what auditors noted on an entry of the log."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.oversight import service_notes as notes
from multiagency.oversight.forms import NoteForm
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(prefix="/entries/{entry}/notes", route_class=BodyRoute)

_Reviewing = Annotated[Work, door(Act.REVIEW_LOG)]


@router.get("")
async def get_notes_json(work: _Reviewing, entry: UUID) -> list[notes.NoteView]:
    """Read what auditors noted on an entry, the oldest first."""
    await notes.entry(work, entry)
    return await notes.of(work, [entry])


@router.post("", status_code=201)
async def post_note_json(work: _Reviewing, entry: UUID, form: NoteForm) -> dict[str, Any]:
    """Note something on an entry; it is never changed afterwards."""
    return {"id": await notes.add(work, entry, form)}
