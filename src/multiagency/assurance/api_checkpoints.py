"""The log's checkpoints, shown to witnesses, who need not sign in, and co-signed by them; plain text as C2SP has it.

The public doors show hashes, sizes and signatures, which are made to be held by as many as possible. What happens there
leaves no entry: each would make a checkpoint that asks for the next, and anybody could fill the log.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from multiagency.audit import service as audit
from multiagency.audit import witnesses
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Invalid
from multiagency.kernel.work import Work
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(prefix="/log", tags=["pages"], route_class=BodyRoute)

_LARGEST_NOTE = 16_384
Fetching = Annotated[Work, door(Act.FETCH_CHECKPOINT)]


@router.get("/checkpoint")
async def get_checkpoint(work: Fetching) -> Response:
    """Show the newest checkpoint with everybody who has co-signed it (C2SP tlog-checkpoint)."""
    return _text(await audit.newest_checkpoint(work))


@router.get("/update")
async def get_update(work: Fetching, old: Annotated[int, Query(ge=0, le=2**62)] = 0) -> Response:
    """Show the newest checkpoint with the proof that it goes on from `old` entries (C2SP tlog-witness).

    409 for more entries than there are, 503 where the stored tree lacks what the proof is made of.
    """
    return _text((await witnesses.update(work, old)).text())


@router.post("/cosignatures")
async def post_cosignature(request: Request, work: Annotated[Work, door(Act.COSIGN_CHECKPOINT)]) -> Response:
    """Take in a checkpoint with a registered witness's line; the signature says who sends it."""
    body = await request.body()
    try:
        if len(body) > _LARGEST_NOTE:
            raise ValueError
        note = body.decode()
    except ValueError:
        raise Invalid.of("note", "witnesses.not_ours") from None
    return _text(f"{await witnesses.accept(work, note)}\n")


def _text(content: str) -> Response:
    return Response(content, media_type="text/plain; charset=utf-8")
