"""JSON: the log for auditors."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from multiagency.audit import service as audit
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.oversight import note_routes, pattern_routes, picture_routes, rights_routes, seeking, service
from multiagency.oversight.filters import Asked
from multiagency.web.door import door

router = APIRouter(prefix="/api/v1/audit", tags=["oversight"])
for room in (rights_routes, seeking, picture_routes, pattern_routes, note_routes):
    router.include_router(room.api)


@router.get("/entries")
async def get_entries(
    work: Annotated[Work, door(Act.READ_LOG)], typed: Asked, before: UUID | None = None
) -> list[service.EntryView]:
    """Read the newest entries that the filter asks for; `before` names the entry to go on from."""
    return await service.entries(work, typed.filters(), before)


@router.get("/bundle")
async def get_bundle(work: Annotated[Work, door(Act.VERIFY_LOG)]) -> Response:
    """Take the whole log as a bundle that anybody can verify without this service."""
    return Response(await audit.export(work), media_type="application/jsonl")


@router.get("/verification")
async def get_verification(work: Annotated[Work, door(Act.VERIFY_LOG)]) -> dict[str, Any]:
    """Verify the log in place."""
    return (await audit.verify(work, service.read_verifier(work))).as_dict()
