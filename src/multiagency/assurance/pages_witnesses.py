"""Pages of the witnesses: which agencies co-sign the log, how far behind each is, and registering a key."""

from datetime import timedelta
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.assurance.forms import WitnessForm
from multiagency.assurance.service_witnesses import register
from multiagency.audit import service as audit
from multiagency.audit import witnesses
from multiagency.audit.witnesses import Standing
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Conflict
from multiagency.kernel.journal import Mode
from multiagency.kernel.policy import RULES
from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/audit")

_Seeing = Annotated[Work, door(Act.SEE_WITNESSES)]
_Editing = Annotated[Work, door(Act.EDIT_WITNESSES)]
Demanding = Annotated[Work, door(Act.DEMAND_CHECKPOINT)]


@router.get("/witnesses")
async def get_witnesses_page(request: Request, work: _Seeing) -> Response:
    """Show the same, with what is not protected yet, and the form for a new witness."""
    return await _page(request, work, {})


@router.post("/witnesses")
async def post_witness_page(request: Request, work: _Editing) -> Response:
    """Register an agency's key."""
    filled, errors = await take(request, WitnessForm, partial(register, work))
    return await _page(request, work, filled, errors) if errors else see("/audit/witnesses")


@router.get("/witnesses/{witness}/end")
async def get_end_page(request: Request, work: _Editing, witness: UUID) -> Response:
    """Say what ending a witness does, before it is done."""
    found = await witnesses.active(work, witness)
    work.record(Mode.READ)
    return page(request, "witness_end.html", witness=found, names=await _names(request, work))


@router.post("/witnesses/{witness}/end")
async def post_end_page(work: _Editing, witness: UUID) -> Response:
    """End a witness."""
    await witnesses.end(work, witness)
    return see("/audit/witnesses")


@router.post("/checkpoint")
async def post_checkpoint_page(work: Demanding) -> Response:
    """Ask for a checkpoint now."""
    await witnesses.demand(work)
    return see("/audit/witnesses")


async def _names(request: Request, work: Work) -> dict[UUID, str]:
    return {agency.id: agency.name(language_of(request)) for agency in await people.agencies(work)}


async def _page(request: Request, work: Work, filled: Filled, errors: Errors = ()) -> Response:
    work.record(Mode.READ)
    rows, top = await witnesses.standing(work), await witnesses.newest(work)
    covered = max((row.size or 0 for row in rows), default=0)
    return page(
        request,
        "witnesses.html",
        422 if errors else 200,
        rows=[_row(work, row) for row in rows],
        names=await _names(request, work),
        newest=top,
        checkpoint=await _checkpoint(work),
        covered=covered,
        open=top.size - covered if top else 0,
        may_edit=RULES[Act.EDIT_WITNESSES].role_may(work.actor.role),
        may_demand=RULES[Act.DEMAND_CHECKPOINT].role_may(work.actor.role),
        filled=filled,
        errors=errors,
    )


def _row(work: Work, row: Standing) -> dict[str, Any]:
    limit = timedelta(hours=work.tools.settings.witness_alarm_hours)
    seconds = int(row.delay.total_seconds()) if row.delay is not None else None
    return {"row": row, "seconds": seconds, "late": bool(row.behind and row.delay and row.delay > limit)}


async def _checkpoint(work: Work) -> str | None:
    try:
        return await audit.newest_checkpoint(work)
    except Conflict:
        return None
