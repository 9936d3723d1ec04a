"""Pages: how what minutes say is recorded at home, said by the coordinator and confirmed by whoever sat there."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk, open_desk
from multiagency.cases.doors import case_door
from multiagency.consent.forms_instructions import InstructionForm
from multiagency.consent.reading_instructions import filled_with, what_is_asked
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import service
from multiagency.meetings import service_instructions as instructions
from multiagency.meetings.forms import RecordedForm
from multiagency.meetings.reading_instructions import newest
from multiagency.meetings.service_states import must_have_begun
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import fill, page, see

router = APIRouter(tags=["pages"])


@router.get("/meetings/{meeting}/cases/{reference}/minutes/instruction")
async def get_instruction(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RECORD_MINUTES)]
) -> Response:
    """Ask how whoever sat there records at home what the minutes say, and from whom OmaKanta hides it."""
    return await _instruction(request, work, meeting, reference)


@router.post("/meetings/{meeting}/cases/{reference}/minutes/instruction")
async def post_instruction(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RECORD_MINUTES)]
) -> Response:
    """Give the instruction and go back to the minutes."""
    found = await service.find(work, meeting)
    give = partial(instructions.instruct, work, found, reference)
    filled, errors = await take(request, InstructionForm, give)
    if errors:
        return await _instruction(request, work, meeting, reference, errors, filled)
    return see(f"/meetings/{meeting}/cases/{reference}/minutes", Done.SAVED)


async def _instruction(
    request: Request, work: Work, wanted: str, reference: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    meeting = await service.find(work, wanted)
    desk = await open_desk(work, reference, Act.RECORD_MINUTES)
    item = await service.agenda_item(work, meeting, desk)
    must_have_begun(meeting)
    given = (await newest(work, [desk.case.id])).get(item.id)
    return page(
        request,
        "minutes_instruction.html",
        422 if errors else 200,
        errors=errors,
        filled=await filled_with(work, given) if filled is None else filled,
        reference=desk.case.reference,
        meeting=meeting,
        asked=await what_is_asked(desk),
    )


@router.post("/cases/{reference}/minutes/confirmation")
async def post_confirmation(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> Response:
    """Say that one has recorded it as instructed, and go back to the minutes."""
    await instructions.confirm(desk, fill(RecordedForm, await request.form()))
    return see(f"/cases/{desk.case.reference}/minutes", Done.SAVED)
