"""JSON: the log for auditors."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from multiagency.assurance import pages_proofs as proof_routes
from multiagency.assurance import pages_witnesses as witness_routes
from multiagency.audit.reading import EntryView
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.oversight import (
    pages_notes as note_routes,
)
from multiagency.oversight import (
    pages_patterns as pattern_routes,
)
from multiagency.oversight import (
    pages_picture as picture_routes,
)
from multiagency.oversight import (
    pages_rights as rights_routes,
)
from multiagency.oversight import (
    reading as service,
)
from multiagency.oversight import (
    reading_seeking as seeking,
)
from multiagency.oversight.filters import Asked
from multiagency.web.door import door

router = APIRouter(prefix="/api/v1/audit", tags=["oversight"])
for room in (rights_routes, seeking, picture_routes, pattern_routes, note_routes, proof_routes, witness_routes):
    router.include_router(room.api)


@router.get("/entries")
async def get_entries(
    work: Annotated[Work, door(Act.READ_LOG)], typed: Asked, before: UUID | None = None
) -> list[EntryView]:
    """Read the newest entries that the filter asks for; `before` names the entry to go on from."""
    return await service.entries(work, typed.filters(), before)
