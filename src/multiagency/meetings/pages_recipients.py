"""Pages: who writes the minutes of a meeting, and which agencies receive those of a case."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import open_desk
from multiagency.cases.reading_names import name_of
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import service
from multiagency.meetings import service_recipients as recipients
from multiagency.meetings.forms_minutes import RecipientsForm, WriterForm
from multiagency.meetings.reading_recipients import by_default, saved_recipients, standing
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.etags import filled_with, said_anew
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])


@router.get("/meetings/{meeting}/writer")
async def get_writer(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Ask who writes the minutes: whoever coordinates, or somebody who sits there."""
    return await _writer(request, work, meeting)


@router.post("/meetings/{meeting}/writer")
async def post_writer(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Name them and go back to the meeting."""
    name = partial(recipients.name_writer, work, await service.find(work, meeting))
    filled, errors = await take(request, WriterForm, name)
    return await _writer(request, work, meeting, errors, filled) if errors else see(f"/meetings/{meeting}", Done.SAVED)


async def _writer(
    request: Request, work: Work, wanted: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    meeting = await service.find(work, wanted)
    return page(
        request,
        "minutes_writer.html",
        422 if errors else 200,
        errors=errors,
        filled=filled_with(work, recipients.saved_writer(meeting)) if filled is None else filled,
        meeting=meeting,
        writers=people.choices(language_of(request), await recipients.may_write(work, meeting)),
    )


@router.get("/meetings/{meeting}/cases/{reference}/minutes/recipients")
async def get_recipients(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RECORD_MINUTES)]
) -> Response:
    """Ask which agencies receive the minutes of a case, of those that a living basis names."""
    return await _recipients(request, work, meeting, reference)


@router.post("/meetings/{meeting}/cases/{reference}/minutes/recipients")
async def post_recipients(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.RECORD_MINUTES)]
) -> Response:
    """Name them and go back to the minutes."""
    name = partial(recipients.name_recipients, work, await service.find(work, meeting), reference)
    filled, errors = await take(request, RecipientsForm, name, lists=("agency",))
    if errors:
        return await _recipients(request, work, meeting, reference, errors, filled)
    return see(f"/meetings/{meeting}/cases/{reference}/minutes", Done.SAVED)


async def _recipients(
    request: Request, work: Work, wanted: str, reference: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    meeting, language = await service.find(work, wanted), language_of(request)
    desk = await open_desk(work, reference, Act.RECORD_MINUTES)
    item = await service.agenda_item(work, meeting, desk)
    found, names = await standing(desk, item), {one.id: one.name(language) for one in await people.agencies(work)}
    named = [one.agency_id for one in found if one.named]
    seen = said_anew(work, saved_recipients(item, named))
    return page(
        request,
        "minutes_recipients.html",
        422 if errors else 200,
        errors=errors,
        filled=seen | {"agency": list(map(str, named))} if filled is None else filled,
        meeting=meeting,
        reference=desk.case.reference,
        name=await name_of(desk),
        agencies=[(str(one.agency_id), names[one.agency_id]) for one in found if one.lives or one.named],
        usual=[names[one.agency_id] for one in by_default(desk, found) if one.lives],
        received=[names[one.agency_id] for one in found if one.received_at],
    )
