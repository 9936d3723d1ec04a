"""The worker's reminder: an answer falls due soon, and every auditor is told, once, without saying whose it is."""

from datetime import timedelta

from sqlalchemy import select, update

from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import Presented, Role
from multiagency.kernel.clock import now, today
from multiagency.kernel.database import holds_at
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.log_requests.clocks import number
from multiagency.log_requests.models import BASES, LogRequest
from multiagency.people.models import Post
from multiagency.people.service_notices import tell


async def remind(runtime: Runtime, presented: Presented) -> int:
    """Remind of every open request that falls due within `log_request_reminder_days`; return of how many."""
    async with runtime.unit_of_work(presented, Act.REMIND_OF_LOG_REQUEST) as work:
        moment = now()
        soon = today() + timedelta(days=await number(work, "log_request_reminder_days"))
        waiting = select(LogRequest.id, LogRequest.controller_id).where(
            LogRequest.closed_at.is_(None), LogRequest.reminded_at.is_(None), LogRequest.due_on <= soon
        )
        auditors = select(Post).where(Post.role == Role.AUDITOR, holds_at(Post, moment))
        rows, posts = (await work.session.execute(waiting)).all(), (await work.session.scalars(auditors)).all()
        work.record(Mode.READ, {Kind.IDENTITY})
        for request_id, controller_id in rows if posts else []:
            mark = update(LogRequest).where(LogRequest.id == request_id).values(reminded_at=moment)
            await work.session.execute(mark, execution_options={"synchronize_session": False})
            about = {"controller_id": controller_id, "basis": BASES["client_data"]}
            work.record(Mode.WRITE, {Kind.IDENTITY}, subjects=[request_id], case_id=request_id, **about)
            await tell(work, posts, "log_request_due", "/log-requests")
    return len(rows) if posts else 0
