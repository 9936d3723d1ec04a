"""What a meeting bears: its cases against the team's limit and its time, and what is late. A warning, never a refusal.

The numbers are those in force on the day of the meeting, so old meetings keep theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from multiagency.kernel.clock import now, to_helsinki, today
from multiagency.kernel.work import Work
from multiagency.kernel.working_days import is_working_day, working_days_later
from multiagency.meetings.models import AgendaItem, Meeting
from multiagency.meetings.service_states import ENDED, RECORDED
from multiagency.pathways.service import dated, pathway
from multiagency.people import reading as people
from multiagency.web.texts import full_day


@dataclass(frozen=True, slots=True)
class LoadWarning:
    """Something to look at: the key of its sentence, and what the sentence needs."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)


async def number_on_the_day(work: Work, meeting: Meeting, name: str) -> int:
    """Return the value of a team's number on the day of the meeting."""
    team = await people.team_with(work, meeting.team_id)
    value = await dated(work, team.pathway, name, team.id, meeting.starts_at)
    return pathway(team.pathway).parameters[name] if value is None else value


def working_days_before(day: date, days: int) -> date:
    """Return the first of so many working days before a day; with none, the day itself."""
    while days > 0:
        day -= timedelta(days=1)
        days -= is_working_day(day)
    return day


async def agenda_out_by(work: Work, meeting: Meeting) -> date:
    """Return the last day on which the agenda should go out."""
    days = await number_on_the_day(work, meeting, "agenda_out_working_days")
    return working_days_before(to_helsinki(meeting.starts_at).date(), days)


async def minutes_by(work: Work, meeting: Meeting) -> date:
    """Return the last day on which the minutes should be approved."""
    days = await number_on_the_day(work, meeting, "minutes_working_days")
    return working_days_later(to_helsinki(meeting.ends_at).date(), days)


async def warnings_of(work: Work, meeting: Meeting) -> list[LoadWarning]:
    """Return the same for whoever has no agenda before them."""
    query = select(AgendaItem.discussed_at.is_not(None))
    query = query.where(AgendaItem.meeting_id == meeting.id, AgendaItem.ended_at.is_(None))
    return await warnings(work, meeting, [bool(discussed) for discussed in await work.session.scalars(query)])


async def warnings(work: Work, meeting: Meeting, discussed: Sequence[bool]) -> list[LoadWarning]:
    """Return what to look at in a meeting, given for each case on its agenda whether it was discussed."""
    if meeting.state in ENDED:
        return []
    found = []
    if meeting.starts_at > now():
        found = await _full(work, meeting, len(discussed)) + await _late_agenda(work, meeting)
    elif (
        meeting.state in {"open", RECORDED} and not all(discussed) and today() > (by := await minutes_by(work, meeting))
    ):
        found.append(LoadWarning("load.minutes_late", {"day": full_day(by), "number": discussed.count(False)}))
    return found


async def _full(work: Work, meeting: Meeting, cases: int) -> list[LoadWarning]:
    found = []
    limit = await number_on_the_day(work, meeting, "case_limit")
    each = await number_on_the_day(work, meeting, "case_minutes")
    length = int((meeting.ends_at - meeting.starts_at).total_seconds()) // 60
    if cases > limit:
        found.append(LoadWarning("load.over_limit", {"number": cases, "limit": limit}))
    if cases * each > length:
        found.append(
            LoadWarning("load.too_short", {"number": cases, "each": each, "needs": cases * each, "has": length})
        )
    return found


async def _late_agenda(work: Work, meeting: Meeting) -> list[LoadWarning]:
    by = await agenda_out_by(work, meeting)
    if today() <= by:
        return []
    return [LoadWarning("load.adding_late" if meeting.state == "open" else "load.agenda_late", {"day": full_day(by)})]
