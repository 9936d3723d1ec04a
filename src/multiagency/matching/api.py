"""JSON: the client's other names, and for the coordinator the earlier cases of the same people."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import NotVisible
from multiagency.matching import service
from multiagency.matching.forms import AliasForm

router = APIRouter(prefix="/api/v1/cases/{reference}", tags=["matching"])


@router.get("/aliases")
async def get_aliases(desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> list[service.AliasView]:
    """Read the client's other names and birth dates."""
    if Kind.IDENTITY not in desk.kinds:
        raise NotVisible
    return await service.aliases(desk)


@router.post("/aliases", status_code=201)
async def post_alias(form: AliasForm, desk: Annotated[Desk, case_door(Act.EDIT_CASE)]) -> dict[str, UUID]:
    """Record another name or birth date."""
    return {"id": await service.add_alias(desk, form)}


@router.delete("/aliases/{alias}", status_code=204)
async def delete_alias(alias: UUID, desk: Annotated[Desk, case_door(Act.EDIT_CASE)]) -> None:
    """Take back a name or birth date that was wrong."""
    await service.remove_alias(desk, alias)


@router.get("/matches")
async def get_matches(desk: Annotated[Desk, case_door(Act.SEE_MATCHES)]) -> list[dict[str, Any]]:
    """Read the team's other cases in which the same people may be."""
    return [
        {
            "reference": match.reference,
            "stage": match.stage,
            "opened_at": match.opened_at,
            "repeat": match.repeat,
            "shared": [{"here": here, "there": there, "what": whats} for (here, there), whats in match.shared.items()],
        }
        for match in await service.matches(desk)
    ]
