"""What the worker does: asks members' calendars when they are busy. A dead server costs its own reading only."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.crypto import CannotDecrypt, Sealed
from multiagency.kernel.database import not_over
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.meetings.busy_times import SECONDS
from multiagency.meetings.fetching import BusyQuestion, CannotFetch, Within, fetch, hosts_in
from multiagency.meetings.models_availability import Availability, BusySource, BusyTime
from multiagency.meetings.service_availability import keep_busy
from multiagency.people.models import Post

READING_BUSY_TIMES = "read_busy_times"
_EVERY = timedelta(hours=1)
WINDOW = timedelta(weeks=8)
"""So far ahead a calendar is read."""
_AT_ONCE = 20
_LONGEST = SECONDS + 10


@dataclass(frozen=True, slots=True)
class Source:
    """A calendar to ask, opened, and when it was set: one that was set anew meanwhile is not written over."""

    post_id: UUID
    set_at: datetime
    asked: BusyQuestion


async def read_busy_times(runtime: Runtime, presented: Presented) -> int:
    """Ask the calendars that were not asked for an hour; return how many could be read.

    The calendar is asked between two units of work: no transaction waits for a server of somebody else.
    """
    async with runtime.unit_of_work(presented, Act.READ_BUSY_TIMES) as work:
        await _forget(work)
        sources = await _due(work)
    read = await asyncio.gather(*(_read(runtime, presented, source) for source in sources))
    return sum(read)


async def _read(runtime: Runtime, presented: Presented, source: Source) -> bool:
    settings, begin = runtime.settings, now()
    within = Within(frozenset(hosts_in(settings.calendar_hosts)), settings.calendar_authorities)
    spans, trouble = [], None
    try:
        content = await fetch(source.asked, within, begin, begin + WINDOW)
        spans = await expanded(content, begin, begin + WINDOW)
    except CannotFetch as error:
        trouble = error.code
    async with runtime.unit_of_work(presented, Act.READ_BUSY_TIMES) as work:
        row = await work.session.get(BusySource, source.post_id)
        if row is None or row.set_at != source.set_at:
            return False
        row.asked_at, row.trouble = now(), trouble
        if trouble is None:
            await keep_busy(work, source.post_id, spans)
        work.record(Mode.WRITE)
    return trouble is None


async def expanded(content: bytes, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Return the busy times of a calendar, read by a process of its own. Raises `CannotFetch`."""
    program = [sys.executable, "-m", "multiagency.meetings.busy_times", begin.isoformat(), end.isoformat()]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *program, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env={}
    )
    try:
        async with asyncio.timeout(_LONGEST):
            said, _ = await process.communicate(content)
        answer = json.loads(said)
    except (TimeoutError, ValueError):
        raise CannotFetch("too_many") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if isinstance(answer, Mapping):
        raise CannotFetch(str(answer["error"]))
    return [(datetime.fromisoformat(starts), datetime.fromisoformat(ends)) for starts, ends in answer]


async def _due(work: Work) -> list[Source]:
    asked_before = or_(BusySource.asked_at.is_(None), BusySource.asked_at <= now() - _EVERY)
    query = select(BusySource).join(Post, Post.id == BusySource.post_id).where(asked_before, not_over(Post, now()))
    rows = await work.session.scalars(query.order_by(BusySource.asked_at.nulls_first()).limit(_AT_ONCE))
    found = []
    for row in rows.all():
        try:
            found.append(await _opened(work, row))
        except CannotDecrypt:
            row.asked_at, row.trouble = now(), "unreadable"
    return found


async def _opened(work: Work, row: BusySource) -> Source:
    async def text(name: str, sealed: Sealed | None) -> str:
        if sealed is None:
            return ""
        return (await work.vault.key_of(sealed)).open(f"busy_source.{name}", row.post_id, sealed)

    opened = {name: await text(name, getattr(row, name)) for name in ("address", "login", "password")}
    return Source(row.post_id, row.set_at, BusyQuestion(caldav=row.kind == "caldav", **opened))


async def _forget(work: Work) -> None:
    """Forget times that are over, and the calendars of posts that are: nobody asks them any more."""
    over = select(Post.id).where(Post.valid_to <= now())
    await work.session.execute(delete(BusyTime).where(or_(BusyTime.ends_at <= now(), BusyTime.post_id.in_(over))))
    await work.session.execute(delete(BusySource).where(BusySource.post_id.in_(over)))
    await work.session.execute(
        delete(Availability).where(or_(Availability.ends_at <= now(), Availability.post_id.in_(over)))
    )
