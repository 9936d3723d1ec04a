"""JSON: the log for auditors."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from multiagency.audit.reading import EntryView
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.oversight import api_notes, api_patterns, api_picture, api_rights, api_seeking
from multiagency.oversight import reading as service
from multiagency.oversight.filters import Asked
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(prefix="/api/v1/audit", tags=["oversight"], route_class=BodyRoute)
for part in (api_rights, api_seeking, api_picture, api_patterns, api_notes):
    router.include_router(part.router)


@router.get("/entries")
async def get_entries(
    work: Annotated[Work, door(Act.READ_LOG)], typed: Asked, before: UUID | None = None
) -> list[EntryView]:
    """Read the newest entries that the filter asks for; `before` names the entry to go on from."""
    return await service.entries(work, typed.filters(), before)
