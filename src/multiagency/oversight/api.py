"""JSON: the log for auditors."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.oversight import proof_routes, rights_routes, service, witness_routes
from multiagency.web.door import door

router = APIRouter(prefix="/api/v1/audit", tags=["oversight"])
router.include_router(rights_routes.api)
router.include_router(proof_routes.api)
router.include_router(witness_routes.api)


@router.get("/entries")
async def get_entries(
    work: Annotated[Work, door(Act.READ_LOG)],
    case: Annotated[str, Query(max_length=20)] = "",
    before: UUID | None = None,
) -> list[service.EntryView]:
    """Read the newest entries, of one case when its reference is given; `before` names the entry to go on from."""
    return await service.entries(work, case, before)
