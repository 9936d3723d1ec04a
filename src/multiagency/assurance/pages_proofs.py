"""The proof of the log: verified in place, taken away as a bundle, and shown to witnesses, who need not sign in.

The public doors show hashes, sizes and signatures, which are made to be held by as many as possible. What happens there
leaves no entry: each would make a checkpoint that asks for the next, and anybody could fill the log.
"""

import io
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from multiagency.audit import service as audit
from multiagency.audit import witnesses
from multiagency.audit.checking import Verdict, unusable
from multiagency.audit.nodes import BrokenTree
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.web.door import door
from multiagency.web.pages import page, said
from multiagency.web.speaking import language_of

pages = APIRouter()
api = APIRouter()
public = APIRouter()

_LARGEST_NOTE = 16_384
Verifying = Annotated[Work, door(Act.VERIFY_LOG)]
Fetching = Annotated[Work, door(Act.FETCH_CHECKPOINT)]
Place = Annotated[int | None, Query(ge=0, le=2**62)]


@pages.get("/audit/verification")
async def get_verification_page(request: Request, work: Verifying) -> Response:
    """Verify every numbered entry and say in plain words whether the log is whole."""
    try:
        verdict = await _verdict(work)
        checkpoint = await audit.newest_checkpoint(work)
    except Conflict as error:
        return page(request, "audit_verification.html", 409, errors=said(request, error), verdict=None)
    names = {agency.id: agency.name(language_of(request)) for agency in await people.agencies(work)}
    signed = [one for one in await witnesses.standing(work) if one.name in verdict.witnesses]
    return page(
        request,
        "audit_verification.html",
        verdict=verdict,
        checkpoint=checkpoint,
        cosigned=", ".join(names[one.agency_id] for one in signed),
    )


@api.get("/verification")
async def get_verification(work: Verifying) -> dict[str, Any]:
    """Verify the log in place."""
    return (await _verdict(work)).as_dict()


async def _verdict(work: Work) -> Verdict:
    """Verify the log; a stored tree with missing nodes is a verdict as well, and the page stands."""
    try:
        return await audit.verify(work, await witnesses.own_trust(work))
    except BrokenTree as error:
        return unusable(f"The stored tree does not fit: {error}.")


@api.get("/bundle")
async def get_bundle(
    work: Verifying,
    first: Annotated[int, Query(ge=0, le=2**62, alias="from")] = 0,
    to: Place = None,
    quorum: Annotated[int, Query(ge=0, le=100)] = 0,
) -> Response:
    """Take the log, or the entries from one number up to another, as a bundle that proves itself without us.

    It stands under the newest checkpoint that so many witnesses have co-signed.
    """
    out = io.BytesIO()
    await audit.export(work, out, first, to, quorum)
    return Response(out.getvalue(), media_type="application/jsonl")


@public.get("/log/checkpoint")
async def get_checkpoint(work: Fetching) -> Response:
    """Show the newest checkpoint with everybody who has co-signed it (C2SP tlog-checkpoint)."""
    return _text(await audit.newest_checkpoint(work))


@public.get("/log/update")
async def get_update(work: Fetching, old: Annotated[int, Query(ge=0, le=2**62)] = 0) -> Response:
    """Show the newest checkpoint with the proof that it goes on from `old` entries (C2SP tlog-witness).

    409 for more entries than there are, 503 where the stored tree lacks what the proof is made of.
    """
    return _text((await witnesses.update(work, old)).text())


@public.post("/log/cosignatures")
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
