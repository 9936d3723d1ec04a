"""Pages: an invitation that was refused is sent again."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import service
from multiagency.meetings import service_resending as resending
from multiagency.meetings.forms import ResendingForm
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see

router = APIRouter(tags=["pages"])


@router.get("/meetings/{meeting}/invitations/{post}/resending")
async def get_resending(
    request: Request, meeting: str, post: UUID, work: Annotated[Work, door(Act.RUN_MEETING)]
) -> Response:
    """Show what the server said, and ask for the right address."""
    return await _page(request, work, meeting, post)


@router.post("/meetings/{meeting}/invitations/{post}/resending")
async def post_resending(
    request: Request, meeting: str, post: UUID, work: Annotated[Work, door(Act.RUN_MEETING)]
) -> Response:
    """Send the invitation again."""
    found = await service.find(work, meeting)
    filled, errors = await take(request, ResendingForm, partial(resending.send_again, work, found, post))
    if errors:
        return await _page(request, work, meeting, post, errors, filled)
    return see(f"/meetings/{meeting}", Done.SENT_AGAIN)


async def _page(
    request: Request, work: Work, wanted: str, post: UUID, errors: Errors = (), filled: Filled | None = None
) -> Response:
    meeting = await service.find(work, wanted)
    found = await resending.find_refused(work, meeting, post)
    values: dict[str, Any] = {
        "meeting": meeting,
        "refused": found,
        "errors": errors,
        "filled": filled or {"email": found.mail.email},
    }
    return page(request, "meeting_resending.html", 422 if errors else 200, **values)
