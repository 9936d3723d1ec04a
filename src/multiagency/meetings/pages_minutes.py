"""Pages of minutes: writing them with the part of each agency, approving them, adding to them, and reading them."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from multiagency.cases.desk import Desk, open_desk
from multiagency.cases.doors import case_door
from multiagency.cases.reading_names import name_of
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Invalid, NotVisible
from multiagency.kernel.work import Work
from multiagency.meetings import reading_minutes as reading
from multiagency.meetings import service
from multiagency.meetings import service_approval as approval
from multiagency.meetings import service_minutes as minutes
from multiagency.meetings import service_states as states
from multiagency.meetings.forms_minutes import AddendumForm, AddendumText, ApprovalForm, MinutesForm, MinutesText
from multiagency.meetings.models import AgendaItem, Meeting
from multiagency.meetings.paper_minutes import minutes_pdf
from multiagency.meetings.questions import AgreedSoFar
from multiagency.meetings.reading_parts import agencies_there, parts_to_write
from multiagency.meetings.reading_recipients import AgencyStanding, standing
from multiagency.meetings.service_chair_notes import for_minutes
from multiagency.people.reading import agencies
from multiagency.web.done import Done
from multiagency.web.door import NOT_FIELDS, door
from multiagency.web.etags import filled_with
from multiagency.web.forms import Errors, Filled, take, typed
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import field_errors, language_of

router = APIRouter(tags=["pages"])
_PART = "part-"


@router.get("/meetings/{meeting}/cases/{reference}/minutes")
async def get_record_minutes(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.WRITE_MINUTES)]
) -> Response:
    """Offer the newest draft for writing; once minutes are approved, offer to add to them."""
    return await _minutes(request, work, meeting, reference)


@router.post("/meetings/{meeting}/cases/{reference}/minutes")
async def post_record_minutes(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.WRITE_MINUTES)]
) -> Response:
    """Save a draft and stay there."""
    found, data = await minutes.find_to_write(work, meeting), await request.form()

    async def record() -> None:
        form = _fill(data)
        await minutes.save_draft(work, found, MinutesForm(case=reference, text=form.text, parts=form.parts))

    if errors := await attempt(request, record()):
        return await _minutes(request, work, meeting, reference, errors, typed(data))
    return see(f"/meetings/{meeting}/cases/{reference}/minutes", Done.DRAFT_SAVED)


def _fill(data: FormData) -> MinutesText:
    """Read the form, whose parts bear the ids of their agencies. Raises `Invalid` with every wrong field."""
    parts = {name.removeprefix(_PART): value for name, value in data.items() if name.startswith(_PART)}
    others = {name: value for name, value in data.items() if not name.startswith(_PART) and name not in NOT_FIELDS}
    try:
        return MinutesText.model_validate({**others, "parts": parts})
    except ValidationError as error:
        raise Invalid(*field_errors(error.errors())) from error


@router.post("/meetings/{meeting}/cases/{reference}/minutes/approval")
async def post_approval(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.APPROVE_MINUTES)]
) -> Response:
    """Approve what stands on the page, and go on to the plan; what was changed there is saved as a draft first."""
    found, data = await service.find(work, meeting), await request.form()

    async def approve() -> None:
        form = _fill(data)
        version = await _version_of(work, found, reference, form)
        await approval.approve(work, found, ApprovalForm(case=reference, version=version, handled=form.handled))

    if errors := await attempt(request, approve()):
        return await _minutes(request, work, meeting, reference, errors, typed(data))
    return see(f"/cases/{reference}/plan", Done.MINUTES_APPROVED)


async def _version_of(work: Work, meeting: Meeting, reference: str, form: MinutesText) -> int:
    """Return the draft that says what the page says: the newest, or a new one."""
    desk = await open_desk(work, reference, Act.APPROVE_MINUTES)
    item = await service.agenda_item(work, meeting, desk)
    there, drafts = await agencies_there(desk, await standing(desk, item)), await minutes.newest_drafts(work, item)
    saved = (await minutes.saved_minutes(desk, item, there, drafts)).values
    sent = {minutes.COMMON: form.text} | {minutes.part_field(agency): text for agency, text in form.parts.items()}
    if (number := minutes.number_of(drafts)) and all(
        name in saved and _lines(saved[name]) == _lines(text) for name, text in sent.items()
    ):
        return number
    draft = MinutesForm(case=reference, text=form.text, parts=form.parts)
    return await minutes.save_draft(work, meeting, draft, whole=True)


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
        await approval.add(work, found, AddendumForm(case=reference, text=form.text, agency=form.agency))

    filled, errors = await take(request, AddendumText, add)
    if errors:
        return await _minutes(request, work, meeting, reference, errors, filled)
    return see(f"/meetings/{meeting}/cases/{reference}/minutes")


async def _minutes(
    request: Request, work: Work, wanted: str, reference: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    meeting = await minutes.find_to_write(work, wanted)
    desk = await open_desk(work, reference, Act.WRITE_MINUTES)
    item = await service.agenda_item(work, meeting, desk)
    await minutes.must_sit_or_coordinate(desk, item)
    versions = await reading.minutes_at(desk, item) if item.discussed_at else []
    approved = next((shown for shown in versions if shown.approved_at), None)
    begun = states.has_begun(meeting)
    found = await standing(desk, item) if begun else []
    there = await parts_to_write(desk, item, found)
    drafts = {} if approved else await minutes.newest_drafts(work, item)
    saved = await minutes.saved_minutes(desk, item, await agencies_there(desk, found), drafts)
    latest = max((change.at for change in saved.changes.values()), default=None)
    return page(
        request,
        "minutes_record.html",
        422 if errors else 200,
        errors=[_on_page(error) for error in errors],
        filled=filled_with(work, saved) if filled is None else filled,
        path=f"/meetings/{meeting.reference}/cases/{desk.case.reference}/minutes",
        meeting=meeting,
        reference=desk.case.reference,
        name=await name_of(desk),
        begun=begun,
        early=states.must_wait(meeting),
        drafted=(minutes.number_of(drafts), latest) if latest else None,
        approved=approved,
        noted=() if approved else await for_minutes(desk, item),
        steers=desk.may(Act.RECORD_MINUTES),
        there=there,
        receiving=[one.agency.name(language_of(request)) for one in there if one.receives],
        agreed=await work.ask(AgreedSoFar(desk)) if begun and item.discussed_at is None else [],
        **await _about_approval(request, desk, meeting, item, found),
    )


async def _about_approval(
    request: Request, desk: Desk, meeting: Meeting, item: AgendaItem, found: Sequence[AgencyStanding]
) -> dict[str, Any]:
    """Return what the page says of approving, or of who has received what was approved."""
    if item.discussed_at is None:
        ends = await approval.ends_at(desk.work, meeting, item)
        return {"handled_at": None if ends <= now() else ends, "received": []}
    names = {agency.id: agency.name(language_of(request)) for agency in await agencies(desk.work)}
    return {"handled_at": None, "received": [(names[one.agency_id], one) for one in found if one.received_at]}


def _on_page(error: dict[str, str]) -> dict[str, str]:
    """Return the error with its field as the page names it: `parts.<agency>` is `part-<agency>` there."""
    return {**error, "field": error["field"].replace("parts.", _PART)}


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


@router.get("/cases/{reference}/minutes/document")
async def get_minutes_document(
    request: Request,
    desk: Annotated[Desk, case_door(Act.READ_CASE)],
    version: Annotated[int | None, Query(ge=1, le=1000)] = None,
) -> Response:
    """Make a PDF of approved minutes as their reader may read them: the common part, and what their agency received."""
    versions = await reading.minutes(desk)
    number = version or len(versions)
    if not 0 < number <= len(versions) or versions[number - 1].approved_at is None:
        raise NotVisible
    return await minutes_pdf(desk, versions[number - 1], language_of(request))
