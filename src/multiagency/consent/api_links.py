"""JSON: the cases of one person that are linked, and going on in another model of work."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from multiagency.cases.api import shell
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.consent import service_going_on as going_on
from multiagency.consent import service_links as linking
from multiagency.consent.forms_links import GoOnForm, LinkEndForm, LinkForm
from multiagency.consent.reading_links import LinkView, links
from multiagency.kernel.access import Act
from multiagency.web.entering import BodyRoute
from multiagency.web.etags import created

router = APIRouter(route_class=BodyRoute)

_Linking = Annotated[Desk, case_door(Act.LINK_CASES)]


@router.get("/links")
async def get_links(desk: Annotated[Desk, case_door(Act.READ_CASE, others=True)]) -> list[LinkView]:
    """Read the linked cases that are in sight too."""
    return await links(desk)


@router.post("/links", status_code=204)
async def post_link(form: LinkForm, desk: _Linking) -> None:
    """Link this case to another about the same person; 422 for one that is not in sight, as for none."""
    await linking.link(desk, form)


@router.post("/links/ending", status_code=204)
async def post_ending(form: LinkEndForm, desk: _Linking) -> None:
    """End the link with one case, or with none named every link of this one."""
    await linking.end(desk, form)


@router.post("/going-on", status_code=201)
async def post_going_on(
    form: GoOnForm, response: Response, desk: Annotated[Desk, case_door(Act.GO_ON)]
) -> dict[str, Any]:
    """Open a case of the same person for a team of another model; what goes along is in it."""
    case = (await going_on.go_on(desk, form)).case
    created(response, f"/api/v1/cases/{case.reference}")
    return shell(case)
