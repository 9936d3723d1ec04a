"""The worker: ends rooms whose time is over, and asks providers to put people out until they say that it is done.

Providers are asked between two transactions (`providers/calling.py`); whoever leads is told when the first try fails.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, Text, Uuid, func, select, update

from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.meetings.models import Meeting, RoomCall
from multiagency.meetings.providers import RoomAsked, Way, What
from multiagency.meetings.providers.calling import ask
from multiagency.meetings.providers.choosing import provider_of
from multiagency.meetings.service_emptying import tell_who_leads
from multiagency.meetings.service_rooms import open_between

_BATCH = 64
_LEASE = timedelta(seconds=10)
"""How long a call is left alone by others: longer than it may last."""
_GIVEN_UP = timedelta(hours=2)
_LONGEST_PAUSE = timedelta(minutes=1)
_EMPTIED = (Column("case_id", Uuid), Column("reference", Text), Column("controller_id", Uuid))


@dataclass(frozen=True, slots=True)
class _InHand:
    id: UUID
    asked: RoomAsked
    attempts: int
    told: bool
    team_id: UUID
    meeting: str


async def mind_rooms(runtime: Runtime, presented: Presented) -> bool:
    """End what is over and ask once what is due to be asked; tell whether anything was."""
    async with runtime.unit_of_work(presented, Act.EMPTY_ROOMS) as work:
        await _end_slots(work)
        taken = await _claim(work)
    if not taken:
        return False
    tools = runtime.tools
    done = await asyncio.gather(*(ask(provider_of(tools, each.team_id), each.asked, now()) for each in taken))
    async with runtime.unit_of_work(presented, Act.EMPTY_ROOMS) as work:
        for each, is_done in zip(taken, done, strict=True):
            await _settle(work, each, is_done=is_done)
    return True


async def _end_slots(work: Work) -> None:
    inside = select(func.meetings_with_people_inside())
    for meeting in (await work.session.scalars(select(Meeting).where(Meeting.id.in_(inside)))).all():
        _, late = await open_between(work, meeting)
        if meeting.state == "open" and now() <= late:
            continue
        way = provider_of(work.tools, meeting.team_id).way
        rows = select(func.empty_rooms(meeting.id, way).table_valued(*_EMPTIED))
        for row in (await work.session.execute(rows)).all():
            _record(work, row)
        if way is Way.HAND:
            await tell_who_leads(work, meeting.team_id, meeting.reference)


def _record(work: Work, row: Any) -> None:
    about = {"case_id": row.case_id, "case_reference": row.reference, "controller_id": row.controller_id}
    work.record(Mode.WRITE, {Kind.SHELL, Kind.MEETING}, subjects=[row.case_id], **about)


async def _claim(work: Work) -> list[_InHand]:
    query = (
        select(RoomCall, Meeting.team_id, Meeting.reference)
        .join(Meeting, Meeting.id == RoomCall.meeting_id)
        .where(RoomCall.settled_at.is_(None), RoomCall.next_attempt_at <= now())
        .order_by(RoomCall.next_attempt_at)
        .limit(_BATCH)
        .with_for_update(skip_locked=True, of=RoomCall)
    )
    taken = []
    for call, team_id, reference in (await work.session.execute(query)).all():
        call.attempts, call.next_attempt_at = call.attempts + 1, now() + _LEASE
        asked = RoomAsked(cast("What", call.what), call.room, call.holder, call.asked_at)
        taken.append(_InHand(call.id, asked, call.attempts, call.told_at is not None, team_id, reference))
    return taken


async def _settle(work: Work, each: _InHand, *, is_done: bool) -> None:
    """Write down what became of it, unless somebody has settled it or another worker has it by now."""
    mine = update(RoomCall).where(
        RoomCall.id == each.id, RoomCall.settled_at.is_(None), RoomCall.attempts == each.attempts
    )
    if is_done:
        await work.session.execute(mine.values(settled_at=now()))
        work.record(Mode.WRITE)
        return
    given_up = now() - each.asked.at > _GIVEN_UP
    pause = min(timedelta(seconds=2 ** min(each.attempts, 16)), _LONGEST_PAUSE)
    tells = not each.told and each.asked.what != "open"
    values: dict[str, Any] = {"next_attempt_at": None if given_up else now() + pause}
    changed = await work.session.execute(
        mine.values(values | ({"told_at": now()} if tells else {})).returning(RoomCall.id)
    )
    work.record(Mode.WRITE, result="failed")
    if tells and changed.first():
        await tell_who_leads(work, each.team_id, each.meeting)
