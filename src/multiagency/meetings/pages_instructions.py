"""Pages: how what minutes say is recorded at home, said by the coordinator and confirmed by whoever sat there."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from multiagency.cases.desk import Desk, open_desk
from multiagency.cases.doors import case_door
from multiagency.consent.reading_instructions import filled_with, what_is_asked
from multiagency.kernel.access import Act
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.work import Work
from multiagency.meetings import service
from multiagency.meetings import service_instructions as instructions
from multiagency.meetings.forms_minutes import PartInstructionForm, RecordedForm
from multiagency.meetings.reading_instructions import for_agency, newest
from multiagency.meetings.reading_parts import agencies_there
from multiagency.meetings.reading_recipients import standing
from multiagency.meetings.service_states import must_have_begun
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import fill, page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])


@router.get("/meetings/{meeting}/cases/{reference}/minutes/instruction")
async def get_instruction(
    request: Request,
    meeting: str,
    reference: str,
    work: Annotated[Work, door(Act.RECORD_MINUTES)],
    agency: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Ask how all who sat there, or one agency alone, record at home what the minutes say, and from whom it hides."""
    return await _instruction(request, work, meeting, reference, agency)


@router.post("/meetings/{meeting}/cases/{reference}/minutes/instruction")
async def post_instruction(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RECORD_MINUTES)]
) -> Response:
    """Give the instruction and go back to the minutes."""
    found = await service.find(work, meeting)
    give = partial(instructions.instruct, work, found, reference)
    filled, errors = await take(request, PartInstructionForm, give)
    if errors:
        return await _instruction(request, work, meeting, reference, None, errors, filled)
    return see(f"/meetings/{meeting}/cases/{reference}/minutes", Done.SAVED)


async def _instruction(
    request: Request,
    work: Work,
    wanted: str,
    reference: str,
    agency: UUID | None,
    errors: Errors = (),
    filled: Filled | None = None,
) -> Response:
    meeting = await service.find(work, wanted)
    desk = await open_desk(work, reference, Act.RECORD_MINUTES)
    item = await service.agenda_item(work, meeting, desk)
    must_have_begun(meeting)
    about = str(agency or (filled or {}).get("agency") or "")
    there = await agencies_there(desk, await standing(desk, item)) if about else []
    names = {str(one.id): one.name(language_of(request)) for one in there}
    if about and about not in names:
        raise NotVisible
    every = await newest(work, [desk.case.id])
    given = for_agency(every, item.id, UUID(about)) if about else every.get((item.id, None))
    return page(
        request,
        "minutes_instruction.html",
        422 if errors else 200,
        errors=errors,
        filled=await filled_with(work, given) if filled is None else filled,
        reference=desk.case.reference,
        meeting=meeting,
        asked=await what_is_asked(desk),
        agency=about,
        agency_name=names.get(about, ""),
    )


@router.post("/cases/{reference}/minutes/confirmation")
async def post_confirmation(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> Response:
    """Say that one has recorded it as instructed, and go back to the minutes."""
    await instructions.confirm(desk, fill(RecordedForm, await request.form()))
    return see(f"/cases/{desk.case.reference}/minutes", Done.SAVED)
