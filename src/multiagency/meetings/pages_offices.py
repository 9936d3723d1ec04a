"""Page about one case in a meeting: whose expertise is at the table, and how a missing one was made up for."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import open_desk
from multiagency.cases.reading_names import name_of
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Conflict
from multiagency.kernel.work import Work
from multiagency.meetings import service
from multiagency.meetings.forms import OfficeAnswer, OfficeForm
from multiagency.meetings.reading_offices import offices_at, said
from multiagency.meetings.service_offices import secure
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/meetings/{meeting}/cases/{reference}/offices", tags=["pages"])

_Running = Annotated[Work, door(Act.RUN_MEETING)]


@router.get("")
async def get_offices(request: Request, meeting: str, reference: str, work: _Running) -> Response:
    """Show the required offices, and ask how a missing one was made up for."""
    return await _offices(request, work, meeting, reference)


@router.post("")
async def post_offices(request: Request, meeting: str, reference: str, work: _Running) -> Response:
    """Note it, and show it among the others."""
    found = await service.find(work, meeting)

    async def note(form: OfficeAnswer) -> None:
        await secure(work, found, OfficeForm(case=reference, office=form.office, how=form.how))

    filled, errors = await take(request, OfficeAnswer, note)
    if errors:
        return await _offices(request, work, meeting, reference, errors, filled)
    return see(f"/meetings/{meeting}/cases/{reference}/offices", Done.SAVED)


async def _offices(
    request: Request, work: Work, wanted: str, reference: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    meeting = await service.find(work, wanted)
    desk = await open_desk(work, reference, Act.RUN_MEETING)
    item = await service.agenda_item(work, meeting, desk)
    if not desk.model.table.required:
        raise Conflict("offices.none_required")
    views = (await offices_at(work, [(item, desk.case)]))[item.id]
    language = language_of(request)
    return page(
        request,
        "meeting_offices.html",
        422 if errors else 200,
        errors=errors,
        filled=filled or {},
        meeting=meeting,
        reference=desk.case.reference,
        name=await name_of(desk),
        offices=[(view, said(language, view.offices)) for view in views],
        open=item.discussed_at is None,
    )
