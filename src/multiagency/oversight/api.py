"""JSON: the log for auditors."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from multiagency.audit import service as audit
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.oversight import rights_routes, service
from multiagency.web.door import door

router = APIRouter(prefix="/api/v1/audit", tags=["oversight"])
router.include_router(rights_routes.api)


@router.get("/entries")
async def get_entries(
    work: Annotated[Work, door(Act.READ_LOG)],
    case: Annotated[str, Query(max_length=20)] = "",
    before: UUID | None = None,
) -> list[service.EntryView]:
    """Read the newest entries, of one case when its reference is given; `before` names the entry to go on from."""
    return await service.entries(work, case, before)


@router.get("/bundle")
async def get_bundle(work: Annotated[Work, door(Act.VERIFY_LOG)]) -> Response:
    """Take the whole log as a bundle that anybody can verify without this service."""
    return Response(await audit.export(work), media_type="application/jsonl")


@router.get("/verification")
async def get_verification(work: Annotated[Work, door(Act.VERIFY_LOG)]) -> dict[str, Any]:
    """Verify the log in place."""
    return (await audit.verify(work, service.read_verifier(work))).as_dict()
