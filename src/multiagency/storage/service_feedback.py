"""The feedback at the end: for whoever opened the case, who reads it only if the client wants that."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.reading_first import CaseId, Rows, first
from multiagency.cases.service import scope
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import FieldError
from multiagency.kernel.ids import uuid7
from multiagency.storage.forms import ClosingForm
from multiagency.storage.models import Feedback


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """The newest feedback on a case, opened; `opener_reads` is what the client said."""

    said: str
    opener_reads: bool
    written_at: datetime


def missing_feedback(desk: Desk, form: ClosingForm) -> list[FieldError]:
    """Return what is missing where the model asks for feedback: its text, and the client's own yes or no."""
    if not desk.model.feedback:
        return []
    asked = {"feedback": form.feedback, "opener_reads": form.opener_reads}
    return [FieldError(name, f"feedback.{name}_needed") for name, value in asked.items() if not value]


async def keep_feedback(desk: Desk, form: ClosingForm) -> None:
    """Keep it with what the client said, where the model asks for it."""
    if not desk.model.feedback:
        return
    row = Feedback(
        id=uuid7(),
        **scope(desk),
        opener_reads=form.opener_reads == "yes",
        written_by_id=desk.work.actor.post_id,
        written_at=now(),
    )
    await desk.work.vault.seal(row, said=form.feedback)
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote(Kind.NARRATIVE)


def feedback(case_id: CaseId) -> Rows:
    """Ask for the newest feedback."""
    return select(Feedback).where(Feedback.case_id == case_id).order_by(Feedback.written_at.desc())


async def feedback_of(desk: Desk) -> FeedbackView | None:
    """Return it where it is for the actor: their own agency wrote it, or the client lets them read it."""
    row = await first(desk, feedback)
    if row is None:
        return None
    return FeedbackView(await desk.work.vault.open(row, "said"), row.opener_reads, row.written_at)
