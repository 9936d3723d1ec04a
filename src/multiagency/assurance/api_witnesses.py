"""JSON: witnesses, and asking for a checkpoint that they may co-sign."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from multiagency.assurance.forms import WitnessForm
from multiagency.assurance.service_witnesses import register
from multiagency.audit import witnesses
from multiagency.audit.witnesses import Standing
from multiagency.kernel.access import Act
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(route_class=BodyRoute)

_Editing = Annotated[Work, door(Act.EDIT_WITNESSES)]


@router.get("/witnesses")
async def get_witnesses(work: Annotated[Work, door(Act.SEE_WITNESSES)]) -> list[Standing]:
    """Read which witnesses are registered, what each has co-signed and how far behind it is."""
    work.record(Mode.READ)
    return await witnesses.standing(work)


@router.post("/witnesses", status_code=201)
async def post_witness(work: _Editing, form: WitnessForm) -> dict[str, UUID]:
    """Register an agency's key."""
    return {"id": await register(work, form)}


@router.post("/witnesses/{witness}/end", status_code=204)
async def post_end(work: _Editing, witness: UUID) -> None:
    """End a witness; what it co-signed stays."""
    await witnesses.end(work, witness)


@router.post("/checkpoint", status_code=204)
async def post_checkpoint(work: Annotated[Work, door(Act.DEMAND_CHECKPOINT)]) -> None:
    """Ask for a checkpoint now instead of in a few seconds; the worker makes it."""
    await witnesses.demand(work)
