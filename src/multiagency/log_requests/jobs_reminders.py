"""The worker's reminder: an answer falls due soon, and every auditor is told, once, without saying whose it is."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import Presented, Role
from multiagency.kernel.clock import now, today
from multiagency.kernel.database import holds_at
from multiagency.kernel.due import each
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.log_requests.models import BASES, LogRequest
from multiagency.pathways.service import law
from multiagency.people.models import Post
from multiagency.people.service_notices import tell

REMINDING_OF_REQUESTS = "remind_of_log_requests"


async def remind(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """Remind of every open request that falls due within `log_request_reminder_days`; return of how many.

    With `only`, of that one.
    """
    return await each(runtime, presented, Act.REMIND_OF_LOG_REQUEST, REMINDING_OF_REQUESTS, _waiting, _remind, only)


async def _waiting(work: Work) -> dict[UUID, tuple[UUID, UUID]]:
    """Return each request that nobody was reminded of, with the controller whose data it is about."""
    work.record(Mode.READ, {Kind.IDENTITY})
    soon = today() + timedelta(days=await law(work, "log_request_reminder_days"))
    waiting = select(LogRequest.id, LogRequest.controller_id).where(
        LogRequest.closed_at.is_(None), LogRequest.reminded_at.is_(None), LogRequest.due_on <= soon
    )
    return {
        request_id: (request_id, controller_id) for request_id, controller_id in await work.session.execute(waiting)
    }


async def _remind(work: Work, request: tuple[UUID, UUID]) -> bool:
    (request_id, controller_id), moment = request, now()
    auditors = select(Post).where(Post.role == Role.AUDITOR, holds_at(Post, moment))
    posts = (await work.session.scalars(auditors)).all()
    if not posts:
        return False
    mark = update(LogRequest).where(LogRequest.id == request_id).values(reminded_at=moment)
    await work.session.execute(mark, execution_options={"synchronize_session": False})
    about = {"controller_id": controller_id, "basis": BASES["client_data"]}
    work.record(Mode.WRITE, {Kind.IDENTITY}, subjects=[request_id], case_id=request_id, **about)
    await tell(work, posts, "log_request_due", "/log-requests")
    return True
