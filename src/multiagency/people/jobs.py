"""What the worker does: sessions that are over are forgotten after a week."""

from datetime import timedelta

from sqlalchemy import delete

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.people.models import LiveSession

KEPT = timedelta(days=7)
"""From when a session would have run out, hours after it was opened; row security says the same."""


async def forget_sessions(runtime: Runtime, presented: Presented) -> None:
    """Delete the sessions that are over since `KEPT`. Who was signed in when stands in the log."""
    async with runtime.unit_of_work(presented, Act.FORGET_SESSIONS) as work:
        over = delete(LiveSession).where(LiveSession.expires_at < now() - KEPT)
        await work.session.execute(over, execution_options={"synchronize_session": False})
        work.record(Mode.WRITE)
