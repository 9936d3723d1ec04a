"""Due work: one table says what is done by itself and when, and is emptied one row at a time (decision 0033).

A kind of work has one row that is put off each time. What fails for one subject gets a row of its own there and is
tried again by itself, so that it holds up neither the others nor the next round. A claim commits before anything is
done and lapses, so a row is one worker's at a time, and a worker that dies loses nothing.
"""

import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from sqlalchemy import UniqueConstraint, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.database import Base, identifier
from multiagency.kernel.errors import NotSignedIn
from multiagency.kernel.ids import uuid7
from multiagency.kernel.keys import MasterKeyMissing
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work

TRIES = 10
"""After so many failures in a row something is set aside: it is tried once a day, and is an alarm."""
ASIDE = timedelta(days=1)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=10)
_MARGIN = timedelta(seconds=30)
_CHANGED_MEANWHILE = "40001"
"""SQLSTATE of a serialization failure."""
DIED = "the process ended in the middle"
ItemT = TypeVar("ItemT")


class DueWork(Base):
    """One piece of work: `kind` names its job, `subject_id` is for what failed there once, None for the job as a whole.

    `last_failure` is what `place_of` says of the fault. A row with `TRIES` attempts is set aside.
    """

    __tablename__ = "due_work"
    __table_args__ = (UniqueConstraint("kind", "subject_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[UUID] = identifier()
    kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    due_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int]
    last_failure: Mapped[str | None]
    claimed_until: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Job:
    """What is done so often by itself, in at most `limit` at a time.

    `do` takes runtime and session, and `only` where it does something for each of several: the one to be tried again.
    """

    do: Callable[..., Awaitable[object]]
    every: timedelta
    limit: timedelta = timedelta(seconds=50)


@dataclass(frozen=True, slots=True)
class InHand:
    """A row that this worker has until `until`. `attempts` counts this one; `died` that the last one never ended."""

    id: UUID
    kind: str
    subject_id: UUID | None
    attempts: int
    until: datetime
    died: bool


def back_off(attempts: int) -> timedelta:
    """Return the pause after so many failures in a row: 2 s, doubling, ten minutes at most, and a day from `TRIES`."""
    doubled: int = 2 ** min(attempts - 1, 16)
    return ASIDE if attempts >= TRIES else min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)


def place_of(error: BaseException) -> str:
    """Return type and place of a fault, the place being the last of our own; nothing of what it says.

    Of a missing master key it is the sentence itself: that has no content, and who mends it must know which one.
    """
    if isinstance(error, MasterKeyMissing):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "multiagency" in Path(frame.filename).parts] or frames
    where = f"{Path(ours[-1].filename).stem}:{ours[-1].lineno}" if ours else "nowhere"
    return f"{type(error).__name__} at {where}"


async def plan(runtime: Runtime, presented: Presented, jobs: Mapping[str, Job]) -> None:
    """See to it that every job has its row, due at once where there was none, and that none waits for ever."""
    async with runtime.unit_of_work(presented, Act.TAKE_DUE_WORK) as work:
        moment = now()
        known = set(await work.session.scalars(select(DueWork.kind).where(DueWork.subject_id.is_(None))))
        missing = [{"id": uuid7(), "kind": kind, "due_at": moment, "attempts": 0} for kind in jobs.keys() - known]
        if missing:
            await work.session.execute(insert(DueWork).values(missing).on_conflict_do_nothing())
        for kind, job in jobs.items():
            too_late = or_(
                DueWork.due_at > moment + max(job.every, ASIDE),
                DueWork.claimed_until > moment + job.limit + _MARGIN,
            )
            soon = update(DueWork).where(DueWork.kind == kind, too_late).values(due_at=moment, claimed_until=None)
            await work.session.execute(soon, execution_options={"synchronize_session": False})


async def claim(runtime: Runtime, presented: Presented, jobs: Mapping[str, Job]) -> InHand | None:
    """Take what has been due the longest, of these jobs; return None when there is nothing."""
    async with runtime.unit_of_work(presented, Act.TAKE_DUE_WORK) as work:
        moment = now()
        free = or_(DueWork.claimed_until.is_(None), DueWork.claimed_until < moment)
        columns = (DueWork.id, DueWork.kind, DueWork.subject_id, DueWork.attempts)
        query = select(*columns, DueWork.claimed_until.is_not(None).label("died"))
        query = query.where(DueWork.due_at <= moment, free, DueWork.kind.in_(jobs))
        query = query.order_by(DueWork.due_at).limit(1).with_for_update(skip_locked=True)
        row = (await work.session.execute(query)).one_or_none()
        if row is None:
            return None
        attempts, until = row.attempts + 1, moment + jobs[row.kind].limit + _MARGIN
        taken = update(DueWork).where(DueWork.id == row.id).values(attempts=attempts, claimed_until=until)
        await work.session.execute(taken, execution_options={"synchronize_session": False})
        return InHand(row.id, row.kind, row.subject_id, attempts, until, row.died)


async def finish(runtime: Runtime, presented: Presented, claimed: InHand, job: Job) -> None:
    """Say that it is done: the job as a whole is due again in its time, what was left over is gone."""
    done = {"due_at": now() + job.every, "attempts": 0, "last_failure": None, "claimed_until": None}
    mine = (DueWork.id == claimed.id, DueWork.claimed_until == claimed.until)
    async with runtime.unit_of_work(presented, Act.TAKE_DUE_WORK) as work:
        if claimed.subject_id is None:
            await work.session.execute(update(DueWork).where(*mine).values(done))
        else:
            await work.session.execute(delete(DueWork).where(*mine))


async def give_back(runtime: Runtime, presented: Presented, claimed: InHand) -> None:
    """Say that nothing was done, because this worker ends: it is another's at once."""
    mine = (DueWork.id == claimed.id, DueWork.claimed_until == claimed.until)
    async with runtime.unit_of_work(presented, Act.TAKE_DUE_WORK) as work:
        untouched = {"attempts": claimed.attempts - 1, "claimed_until": None}
        await work.session.execute(update(DueWork).where(*mine).values(untouched))


async def fail(runtime: Runtime, presented: Presented, claimed: InHand, failure: str) -> None:
    """Say that it failed and how; it is due again after a pause, or set aside."""
    again = {"due_at": now() + back_off(claimed.attempts), "last_failure": failure, "claimed_until": None}
    async with runtime.unit_of_work(presented, Act.TAKE_DUE_WORK) as work:
        mine = (DueWork.id == claimed.id, DueWork.claimed_until == claimed.until)
        await work.session.execute(update(DueWork).where(*mine).values(again))


async def each(
    runtime: Runtime,
    presented: Presented,
    act: Act,
    kind: str,
    find: Callable[[Work], Awaitable[Mapping[UUID, ItemT]]],
    do: Callable[[Work, ItemT], Awaitable[bool]],
    only: UUID | None = None,
) -> int:
    """Find what is to be done, and do each in a unit of work of its own; return for how many that changed anything.

    What fails is left over under its own id: it is tried again by itself, with `only`, and passed over until then.
    """
    async with runtime.unit_of_work(presented, act) as work:
        found = dict(await find(work))
        if only is None and found:
            # In one look with what was found: what another worker mends meanwhile is not done here once more.
            query = select(DueWork.subject_id).where(DueWork.kind == kind, DueWork.subject_id.in_(found))
            chosen = found.keys() - set(await work.session.scalars(query))
        else:
            chosen = found.keys() & {only}
    done = 0
    for subject in [subject for subject in found if subject in chosen]:
        try:
            async with runtime.unit_of_work(presented, act) as work:
                changed = await do(work, found[subject])
            done += changed
        except NotSignedIn:
            raise
        except Exception as error:
            if only is not None:
                raise
            await _leave_over(runtime, presented, kind, subject, place_of(error))
    return done


async def _leave_over(runtime: Runtime, presented: Presented, kind: str, subject_id: UUID, failure: str) -> None:
    """Leave it for later; another worker that leaves the same at this moment has done so for both."""
    row = {"id": uuid7(), "kind": kind, "subject_id": subject_id, "due_at": now() + back_off(1), "attempts": 1}
    try:
        async with runtime.unit_of_work(presented, Act.TAKE_DUE_WORK) as work:
            await work.session.execute(insert(DueWork).values(**row, last_failure=failure).on_conflict_do_nothing())
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _CHANGED_MEANWHILE:
            raise
