"""What the worker does: a question whose last day is over ends, and its words with it."""

from uuid import UUID

from sqlalchemy import func, select

from multiagency.consultations.models import Consultation
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import today
from multiagency.kernel.due import each
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.people.models import Post
from multiagency.people.service_notices import tell

FORGETTING_QUESTIONS = "forget_questions"


async def forget_questions(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """End every question whose last day is over, or the question `only`; return how many. Who asked is told."""
    return await each(runtime, presented, Act.FORGET_QUESTIONS, FORGETTING_QUESTIONS, _over, _end, only)


async def _over(work: Work) -> dict[UUID, tuple[UUID, UUID | None]]:
    columns = (Consultation.id, Consultation.asker_id)
    over = select(*columns).where(Consultation.ended_how.is_(None), Consultation.ends_on < today())
    return {row_id: (row_id, asker_id) for row_id, asker_id in await work.session.execute(over)}


async def _end(work: Work, found: tuple[UUID, UUID | None]) -> bool:
    row_id, asker_id = found
    work.record(Mode.WRITE)
    if not await work.session.scalar(select(func.end_consultation(row_id, "ran_out"))):
        return False
    asker = await work.session.get_one(Post, asker_id)
    await tell(work, [asker], "consultation_ended", "/consultations")
    return True
