"""Pages of the auditor: the log with its filter; the parts of it stand beside."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.audit.reading import EntryView
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Invalid
from multiagency.kernel.work import Work
from multiagency.oversight import pages_export, pages_notes, pages_patterns, pages_picture, pages_rights, pages_seeking
from multiagency.oversight import reading as service
from multiagency.oversight import service_notes as notes
from multiagency.oversight.filters import Asked, Filters
from multiagency.oversight.reading_filter import choices, told
from multiagency.oversight.reading_rows import rows_of
from multiagency.web.door import door
from multiagency.web.pages import page, said
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])
for part in (pages_rights, pages_seeking, pages_picture, pages_patterns, pages_notes, pages_export):
    router.include_router(part.router)

_ROWS = 25
"""Entries on a page: so many stay under 30 kB."""


@router.get("/audit")
async def get_audit(
    request: Request, work: Annotated[Work, door(Act.READ_LOG)], typed: Asked, before: UUID | None = None
) -> Response:
    """Show the newest entries that the filter asks for, and the way to older ones."""
    errors: list[dict[str, str]] = []
    found: list[EntryView] = []
    asked = Filters()
    try:
        asked = typed.filters()
        found = await service.entries(work, asked, before, _ROWS)
    except Invalid as error:
        errors = said(request, error)
    language = language_of(request)
    return page(
        request,
        "audit.html",
        422 if errors else 200,
        errors=errors,
        filled=typed.values,
        query="" if errors else typed.query,
        asked=asked,
        facts=[] if asked.all else await told(work, asked, language),
        entries=await rows_of(work, found, language),
        noted=await notes.counts(work, [view.id for view in found]),
        paged=before is not None,
        older=found[-1].id if len(found) == _ROWS else None,
        choices=await choices(work, language),
    )
