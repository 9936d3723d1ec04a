"""JSON: the log verified in place, and taken away as a bundle that proves itself."""

import io
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from multiagency.assurance.reading_proofs import verdict_of
from multiagency.audit import service as audit
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(route_class=BodyRoute)

Verifying = Annotated[Work, door(Act.VERIFY_LOG)]


@router.get("/verification")
async def get_verification(work: Verifying) -> dict[str, Any]:
    """Verify the log in place."""
    return (await verdict_of(work)).as_dict()


@router.get("/bundle")
async def get_bundle(
    work: Verifying,
    first: Annotated[int, Query(ge=0, le=2**62, alias="from")] = 0,
    to: Annotated[int | None, Query(ge=0, le=2**62)] = None,
    quorum: Annotated[int, Query(ge=0, le=100)] = 0,
) -> Response:
    """Take the log, or the entries from one number up to another, as a bundle that proves itself without us.

    It stands under the newest checkpoint that so many witnesses have co-signed.
    """
    out = io.BytesIO()
    await audit.export(work, out, first, to, quorum)
    return Response(out.getvalue(), media_type="application/jsonl")
