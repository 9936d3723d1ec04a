"""A change that is sent twice is done once: the second is answered as the first was (decision 0026).

What is kept is a keyed hash of the key that came with the change and of the change itself, and how it was answered:
nothing of what was sent. It is written in the transaction of the change, so it stands there if the change does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.database import Base, identifier
from multiagency.kernel.errors import Conflict, Invalid, ServiceError
from multiagency.kernel.ids import uuid7
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work


class GivenAnswer(Base):
    """How one change by one post was answered, for as long as it may be sent again."""

    __tablename__ = "given_answer"
    __table_args__ = (UniqueConstraint("post_id", "key_hash"),)

    id: Mapped[UUID] = identifier()
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    key_hash: Mapped[bytes]
    body_hash: Mapped[bytes]
    status: Mapped[int]
    location: Mapped[str | None]
    said: Mapped[str | None]
    given_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Sending:
    """One sending of a change, by its two hashes; `waits` when another that is under way is waited for, not refused."""

    key_hash: bytes
    body_hash: bytes
    waits: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered: status, where the caller was sent, and the word that is said there."""

    status: int
    location: str | None = None
    said: str | None = None


class AnsweredBefore(ServiceError):
    """The change was made already: it is answered as it was then, and nothing is done."""

    def __init__(self, answer: Answered) -> None:
        super().__init__()
        self.answer, self.status = answer, answer.status


async def must_be_first(work: Work, sending: Sending) -> None:
    """Raise `AnsweredBefore` for a change that was made already.

    Raises `Invalid` when its key came with another change, and `Conflict` while the same is being made and it does not
    wait (draft-ietf-httpapi-idempotency-key-header-07 section 2.7).
    """
    if not sending.waits:
        lock = int.from_bytes(sending.key_hash[:8], "big", signed=True)
        if not await work.session.scalar(select(func.pg_try_advisory_xact_lock(lock))):
            raise Conflict("error.being_done")
    row = await work.session.scalar(
        select(GivenAnswer).where(*_same(work, sending), GivenAnswer.given_at > _over(work))
    )
    if row is None:
        return
    if row.body_hash != sending.body_hash:
        raise Invalid.of("idempotency-key", "error.key_of_another")
    raise AnsweredBefore(Answered(row.status, row.location, row.said))


async def keep(work: Work, sending: Sending, answer: Answered) -> None:
    """Remember how the change was answered. Who sent the same meanwhile loses here, and is served anew."""
    await work.session.execute(delete(GivenAnswer).where(*_same(work, sending), GivenAnswer.given_at <= _over(work)))
    work.session.add(
        GivenAnswer(
            id=uuid7(),
            post_id=work.actor.post_id,
            key_hash=sending.key_hash,
            body_hash=sending.body_hash,
            status=answer.status,
            location=answer.location,
            said=answer.said,
            given_at=now(),
        )
    )
    await work.session.flush()


async def forget_answers(runtime: Runtime, presented: Presented) -> None:
    """Forget how changes were answered that can no longer be sent again."""
    async with runtime.unit_of_work(presented, Act.FORGET_ANSWERS) as work:
        await work.session.execute(delete(GivenAnswer).where(GivenAnswer.given_at <= _over(work)))


def _same(work: Work, sending: Sending) -> tuple[ColumnElement[bool], ...]:
    return GivenAnswer.post_id == work.actor.post_id, GivenAnswer.key_hash == sending.key_hash


def _over(work: Work) -> datetime:
    return now() - timedelta(hours=work.tools.settings.repeat_hours)
