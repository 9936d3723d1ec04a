"""JSON: what fits each rule for unusual patterns."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.oversight import patterns
from multiagency.oversight.reading_patterns import hits_of
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(prefix="/patterns", route_class=BodyRoute)


@router.get("")
async def get_patterns_json(work: Annotated[Work, door(Act.READ_LOG)]) -> dict[str, Any]:
    """Read what fits each rule, with the ids of the entries that made it."""
    since = await patterns.since_when(work)
    found = {code: [asdict(hit) for hit in await hits_of(work, code, since)] for code in patterns.BY_CODE}
    return {"since": since, "patterns": found}
