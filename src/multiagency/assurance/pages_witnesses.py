"""Witnesses: which agencies co-sign the log, how far behind each is, and registering a key."""

from datetime import timedelta
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import StringConstraints

from multiagency.audit import service as audit
from multiagency.audit import witnesses
from multiagency.audit.witnesses import Standing
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Conflict
from multiagency.kernel.inputs import Form, Line
from multiagency.kernel.journal import Mode
from multiagency.kernel.policy import RULES
from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

pages = APIRouter(prefix="/audit")
api = APIRouter()

Seeing = Annotated[Work, door(Act.SEE_WITNESSES)]
Editing = Annotated[Work, door(Act.EDIT_WITNESSES)]
Demanding = Annotated[Work, door(Act.DEMAND_CHECKPOINT)]


class WitnessForm(Form):
    """A witness to be: whose it is, the public half of its key, and where checkpoints are mailed, if anywhere."""

    agency: UUID
    vkey: Line
    mail: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None


@api.get("/witnesses")
async def get_witnesses(work: Seeing) -> list[Standing]:
    """Read which witnesses are registered, what each has co-signed and how far behind it is."""
    work.record(Mode.READ)
    return await witnesses.standing(work)


@api.post("/witnesses", status_code=201)
async def post_witness(work: Editing, form: WitnessForm) -> dict[str, UUID]:
    """Register an agency's key."""
    return {"id": await _register(work, form)}


@api.post("/witnesses/{witness}/end", status_code=204)
async def post_end(work: Editing, witness: UUID) -> None:
    """End a witness; what it co-signed stays."""
    await witnesses.end(work, witness)


@api.post("/checkpoint", status_code=204)
async def post_checkpoint(work: Demanding) -> None:
    """Ask for a checkpoint now instead of in a few seconds; the worker makes it."""
    await witnesses.demand(work)


@pages.get("/witnesses")
async def get_witnesses_page(request: Request, work: Seeing) -> Response:
    """Show the same, with what is not protected yet, and the form for a new witness."""
    return await _page(request, work, {})


@pages.post("/witnesses")
async def post_witness_page(request: Request, work: Editing) -> Response:
    """Register an agency's key."""
    filled, errors = await take(request, WitnessForm, partial(_register, work))
    return await _page(request, work, filled, errors) if errors else see("/audit/witnesses")


@pages.get("/witnesses/{witness}/end")
async def get_end_page(request: Request, work: Editing, witness: UUID) -> Response:
    """Say what ending a witness does, before it is done."""
    found = await witnesses.active(work, witness)
    work.record(Mode.READ)
    return page(request, "witness_end.html", witness=found, names=await _names(request, work))


@pages.post("/witnesses/{witness}/end")
async def post_end_page(work: Editing, witness: UUID) -> Response:
    """End a witness."""
    await witnesses.end(work, witness)
    return see("/audit/witnesses")


@pages.post("/checkpoint")
async def post_checkpoint_page(work: Demanding) -> Response:
    """Ask for a checkpoint now."""
    await witnesses.demand(work)
    return see("/audit/witnesses")


async def _register(work: Work, form: WitnessForm) -> UUID:
    return await witnesses.register(work, form.agency, form.vkey, form.mail)


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
