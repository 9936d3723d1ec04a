"""Pages of minutes: drafting and approving them, adding to them, and reading them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from multiagency.cases.desk import Desk, open_desk
from multiagency.cases.doors import case_door
from multiagency.cases.reading_names import name_of
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.work import Work
from multiagency.meetings import reading_minutes as reading
from multiagency.meetings import service
from multiagency.meetings import service_minutes as minutes
from multiagency.meetings import service_states as states
from multiagency.meetings.forms import AddendumForm, AddendumText, ApprovalForm, MinutesForm, MinutesText
from multiagency.meetings.models import Meeting
from multiagency.meetings.service_chair_notes import for_minutes
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.etags import filled_with
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see

router = APIRouter(tags=["pages"])


@router.get("/meetings/{meeting}/cases/{reference}/minutes")
async def get_record_minutes(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RECORD_MINUTES)]
) -> Response:
    """Offer the newest draft for writing; once minutes are approved, offer to add to them."""
    return await _minutes(request, work, meeting, reference)


@router.post("/meetings/{meeting}/cases/{reference}/minutes")
async def post_record_minutes(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RECORD_MINUTES)]
) -> Response:
    """Save a draft and stay there."""
    found = await service.find(work, meeting)

    async def record(form: MinutesText) -> None:
        await minutes.save_draft(work, found, MinutesForm(case=reference, text=form.text))

    filled, errors = await take(request, MinutesText, record)
    if errors:
        return await _minutes(request, work, meeting, reference, errors, filled)
    return see(f"/meetings/{meeting}/cases/{reference}/minutes", Done.DRAFT_SAVED)


@router.post("/meetings/{meeting}/cases/{reference}/minutes/approval")
async def post_approval(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.APPROVE_MINUTES)]
) -> Response:
    """Approve what stands on the page, and go on to the plan; what was changed there is saved as a draft first."""
    found = await service.find(work, meeting)

    async def approve(form: MinutesText) -> None:
        version = await _version_of(work, found, reference, form)
        await minutes.approve(work, found, ApprovalForm(case=reference, version=version))

    filled, errors = await take(request, MinutesText, approve)
    if errors:
        return await _minutes(request, work, meeting, reference, errors, filled)
    return see(f"/cases/{reference}/plan", Done.MINUTES_APPROVED)


async def _version_of(work: Work, meeting: Meeting, reference: str, form: MinutesText) -> int:
    """Return the draft that says what the page says: the newest, or a new one."""
    desk = await open_desk(work, reference, Act.APPROVE_MINUTES)
    drafts = await reading.minutes_at(desk, await service.agenda_item(work, meeting, desk))
    if drafts and _lines(drafts[-1].text) == _lines(form.text):
        return drafts[-1].version
    return await minutes.save_draft(work, meeting, MinutesForm(case=reference, text=form.text))


def _lines(text: str) -> list[str]:
    """A browser sends line breaks of its own."""
    return text.splitlines()


@router.post("/meetings/{meeting}/cases/{reference}/minutes/addenda")
async def post_addendum(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RECORD_MINUTES)]
) -> Response:
    """Add something to approved minutes."""
    found = await service.find(work, meeting)

    async def add(form: AddendumText) -> None:
        await minutes.add(work, found, AddendumForm(case=reference, text=form.text))

    filled, errors = await take(request, AddendumText, add)
    if errors:
        return await _minutes(request, work, meeting, reference, errors, filled)
    return see(f"/meetings/{meeting}/cases/{reference}/minutes")


async def _minutes(
    request: Request, work: Work, wanted: str, reference: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    meeting = await service.find(work, wanted)
    desk = await open_desk(work, reference, Act.RECORD_MINUTES)
    item = await service.agenda_item(work, meeting, desk)
    versions = await reading.minutes_at(desk, item)
    approved = next((found for found in versions if found.approved_at), None)
    newest = versions[-1] if versions and not approved else None
    return page(
        request,
        "minutes_record.html",
        422 if errors else 200,
        errors=errors,
        filled=filled_with(work, await minutes.saved_minutes(desk, item)) if filled is None else filled,
        path=f"/meetings/{meeting.reference}/cases/{desk.case.reference}/minutes",
        meeting=meeting,
        reference=desk.case.reference,
        name=await name_of(desk),
        begun=states.has_begun(meeting),
        early=states.must_wait(meeting),
        newest=newest,
        approved=approved,
        noted=() if approved else await for_minutes(desk, item),
        instruction=versions[-1].instruction if versions else None,
    )


@router.get("/cases/{reference}/minutes")
async def get_minutes(
    request: Request,
    desk: Annotated[Desk, case_door(Act.READ_CASE)],
    version: Annotated[int | None, Query(ge=1, le=1000)] = None,
) -> Response:
    """Read the newest minutes of a case, or those asked for; the others are named with their dates."""
    versions = await reading.minutes(desk)
    if version is not None and version > len(versions):
        raise NotVisible
    number = version or len(versions)
    return page(
        request,
        "minutes.html",
        reference=desk.case.reference,
        name=await name_of(desk),
        in_sight=Kind.MINUTES in desk.kinds,
        shown=versions[number - 1] if versions else None,
        number=number,
        versions=list(enumerate(versions, 1)),
    )
