"""JSON: other names of the people in a case, and for the coordinator the earlier cases of the same people."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import NotVisible
from multiagency.matching import reading, service
from multiagency.matching.forms import AliasForm
from multiagency.web.entering import BodyRoute

router = APIRouter(prefix="/api/v1/cases/{reference}", tags=["matching"], route_class=BodyRoute)


@router.get("/aliases")
async def get_aliases(desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> list[reading.AliasView]:
    """Read the client's other names and birth dates."""
    if Kind.IDENTITY not in desk.kinds:
        raise NotVisible
    return await reading.aliases(desk)


@router.post("/aliases", status_code=201)
async def post_alias(form: AliasForm, desk: Annotated[Desk, case_door(Act.EDIT_CASE)]) -> dict[str, UUID]:
    """Record another name or birth date."""
    return {"id": await service.add_alias(desk, form)}


@router.delete("/aliases/{alias}", status_code=204)
async def delete_alias(alias: UUID, desk: Annotated[Desk, case_door(Act.EDIT_CASE)]) -> None:
    """Take back a name or birth date that was wrong."""
    await service.remove_alias(desk, alias)


@router.get("/parties/{party}/aliases")
async def get_party_aliases(party: UUID, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> list[reading.AliasView]:
    """Read the other names and birth dates of somebody else in the case."""
    return await reading.aliases(desk, (await reading.party_of(desk, party)).id)


@router.post("/parties/{party}/aliases", status_code=201)
async def post_party_alias(
    form: AliasForm, party: UUID, desk: Annotated[Desk, case_door(Act.EDIT_CASE)]
) -> dict[str, UUID]:
    """Record another name or birth date of theirs."""
    return {"id": await service.add_alias(desk, form, party)}


@router.delete("/parties/{party}/aliases/{alias}", status_code=204)
async def delete_party_alias(party: UUID, alias: UUID, desk: Annotated[Desk, case_door(Act.EDIT_CASE)]) -> None:
    """Take back one that was wrong."""
    await service.remove_alias(desk, alias, party)


@router.get("/matches")
async def get_matches(desk: Annotated[Desk, case_door(Act.SEE_MATCHES)]) -> list[dict[str, Any]]:
    """Read the team's other cases in which the same people may be."""
    return [
        {
            "reference": match.reference,
            "pathway": match.pathway,
            "stage": match.stage,
            "opened_at": match.opened_at,
            "submitted_at": match.submitted_at,
            "same_people": match.same_people,
            "repeat": match.repeat,
            "strong": match.strong,
            "shared": [
                {"here": here, "there": there, "what": shared.what, "former": shared.former, "strong": shared.strong}
                for (here, there), shared in match.shared.items()
            ],
        }
        for match in await reading.matches(desk)
    ]
