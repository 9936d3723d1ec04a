"""JSON: drafting minutes, approving them, adding to them, and reading them."""

from typing import Annotated, Any

from fastapi import APIRouter

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import reading_minutes as reading
from multiagency.meetings import service
from multiagency.meetings import service_approval as approval
from multiagency.meetings import service_instructions as instructions
from multiagency.meetings import service_minutes as minutes
from multiagency.meetings import service_recipients as recipients
from multiagency.meetings.forms_minutes import (
    AddendumForm,
    ApprovalForm,
    MinutesForm,
    PartInstructionForm,
    RecipientsForm,
    RecordedForm,
    WriterForm,
)
from multiagency.meetings.reading_minutes import MinutesView
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(route_class=BodyRoute)


@router.post("/meetings/{meeting}/minutes")
async def post_minutes(
    meeting: str, form: MinutesForm, work: Annotated[Work, door(Act.WRITE_MINUTES)]
) -> dict[str, Any]:
    """Save a draft of the minutes of one case; 409 before the meeting begins, and for a stale `seen`."""
    return {"version": await minutes.save_draft(work, await minutes.find_to_write(work, meeting), form)}


@router.post("/meetings/{meeting}/minutes/approval", status_code=204)
async def post_approval(meeting: str, form: ApprovalForm, work: Annotated[Work, door(Act.APPROVE_MINUTES)]) -> None:
    """Approve the newest draft once the case has been handled: it goes on to its follow-up."""
    await approval.approve(work, await service.find(work, meeting), form)


@router.post("/meetings/{meeting}/minutes/addenda", status_code=204)
async def post_addendum(meeting: str, form: AddendumForm, work: Annotated[Work, door(Act.RECORD_MINUTES)]) -> None:
    """Add something to approved minutes, or correct them."""
    await approval.add(work, await service.find(work, meeting), form)


@router.put("/meetings/{meeting}/cases/{reference}/minutes/instruction", status_code=204)
async def put_instruction(
    meeting: str, reference: str, form: PartInstructionForm, work: Annotated[Work, door(Act.RECORD_MINUTES)]
) -> None:
    """Say how what the minutes of a case say is recorded at home, or by one agency alone."""
    await instructions.instruct(work, await service.find(work, meeting), reference, form)


@router.put("/meetings/{meeting}/writer", status_code=204)
async def put_writer(meeting: str, form: WriterForm, work: Annotated[Work, door(Act.RUN_MEETING)]) -> None:
    """Name who writes the minutes of a meeting; nobody: whoever coordinates."""
    await recipients.name_writer(work, await service.find(work, meeting), form)


@router.put("/meetings/{meeting}/cases/{reference}/minutes/recipients", status_code=204)
async def put_recipients(
    meeting: str, reference: str, form: RecipientsForm, work: Annotated[Work, door(Act.RECORD_MINUTES)]
) -> None:
    """Name the agencies that receive the minutes of a case."""
    await recipients.name_recipients(work, await service.find(work, meeting), reference, form)


@router.post("/cases/{reference}/minutes/confirmation", status_code=204)
async def post_confirmation(form: RecordedForm, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> None:
    """Say that one has recorded it as instructed."""
    await instructions.confirm(desk, form)


@router.get("/cases/{reference}/minutes")
async def get_minutes(desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> list[MinutesView]:
    """Read the minutes of a case with what was added; drafts show to those who coordinate."""
    return await reading.minutes(desk)
