"""Pages: a case is taken to a table at once."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.reading_names import name_of
from multiagency.kernel.access import Act
from multiagency.meetings import reading_urgent as reading
from multiagency.meetings import service_urgent as urgent
from multiagency.meetings.forms import UrgentForm
from multiagency.meetings.models import Meeting
from multiagency.pathways.service import parameter
from multiagency.web.done import Done
from multiagency.web.forms import Errors, Filled, take, without_empty
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS

router = APIRouter(tags=["pages"])

Calling = Annotated[Desk, case_door(Act.CALL_URGENTLY, others=True)]
_NECESSITY, _GROUND = "necessity-", "ground-"
_LISTS = ("post", "kinds")


@router.get("/cases/{reference}/urgent")
async def get_urgent(request: Request, desk: Calling) -> Response:
    """Say who is on duty, on which ground each may be called, and who is missing; or who has been called."""
    return await _urgent(request, desk, {})


@router.post("/cases/{reference}/urgent")
async def post_urgent(request: Request, desk: Calling) -> Response:
    """Call whoever was chosen, and go to one's own place."""
    called: list[Meeting] = []

    async def call(form: UrgentForm) -> None:
        called.append(await urgent.call(desk, form))

    filled, errors = await take(request, UrgentForm, call, ("kinds",), _as_seats)
    if errors:
        return await _urgent(request, desk, filled | {"post": (await request.form()).getlist("post")}, errors)
    return see(f"/meetings/{called[0].reference}/invitation", Done.CALLED_URGENTLY)


def _as_seats(data: FormData) -> FormData:
    """Turn what stands beside each person who was ticked into one seat, as the API has it."""
    said = without_empty(data)
    seats = [
        {"post": post, "necessity": said.get(f"{_NECESSITY}{post}", ""), "ground": said.get(f"{_GROUND}{post}", "")}
        for post in said.getlist("post")
    ]
    kept = [(n, v) for n, v in said.multi_items() if n != "post" and not n.startswith((_NECESSITY, _GROUND))]
    return FormData([*kept, ("seats", seats)])  # type: ignore[list-item]


async def _urgent(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    language = language_of(request)
    there = await reading.called(desk)
    urgent.must_be_callable(desk)
    view = reading.UrgentView() if there else await reading.proposal(desk)
    return page(
        request,
        "urgent.html",
        422 if errors else 200,
        reference=desk.case.reference,
        name=await name_of(desk),
        called=there,
        seated=await reading.who_was_called(desk, there[1], language) if there else [],
        people=view.people,
        missing=view.missing,
        language=language,
        kinds=[(str(kind), TEXTS.say(language, f"consent.kind.{kind}")) for kind in reading.kinds_on_ground(desk)],
        on_ground=any(not one.consented for one in view.people),
        minutes=await parameter(desk.work, desk.case.pathway, "urgent_meeting_minutes", desk.case.team_id),
        filled=filled,
        errors=errors,
    )
