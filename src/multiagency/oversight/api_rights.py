"""JSON: the register of rights."""

from dataclasses import fields
from typing import Annotated, Any

from fastapi import APIRouter, Request

from multiagency.kernel.access import Act
from multiagency.kernel.clock import now
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.oversight import reading_rights as rights
from multiagency.oversight.forms_rights import AtMoment, OfCase, OfPerson
from multiagency.oversight.reading_rights import RightsQuestion
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/rights", route_class=BodyRoute)


@router.get("")
async def get_rights(
    request: Request,
    work: Annotated[Work, door(Act.READ_RIGHTS)],
    at: AtMoment = None,
    case: OfCase = "",
    person: OfPerson = None,
) -> dict[str, Any]:
    """Read who held which post and right at a moment (now, when none is named), of one case or person if asked."""
    found = await rights.register(work, RightsQuestion(at or now(), case, person))
    language = language_of(request)
    return {
        "at": found.at,
        "posts": [_json(view, language) for view in found.posts],
        "grants": [_json(view, language) for view in found.grants],
        "bars": [_json(view, language) for view in found.bars],
    }


def _json(view: Any, language: Language) -> dict[str, Any]:
    values = {field.name: getattr(view, field.name) for field in fields(view)}
    return values | {"agency": view.agency.name(language) if view.agency else None}
