"""JSON: an invitation that was refused is sent again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import service
from multiagency.meetings import service_resending as resending
from multiagency.meetings.forms import ResendingForm
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(route_class=BodyRoute)


@router.post("/meetings/{meeting}/invitations/{post}/resending", status_code=204)
async def post_resending(
    meeting: str, post: UUID, form: ResendingForm, work: Annotated[Work, door(Act.RUN_MEETING)]
) -> None:
    """Send an invitation that was refused again, to this address."""
    await resending.send_again(work, await service.find(work, meeting), post, form)
