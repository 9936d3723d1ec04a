"""What a meeting bears: its cases against the team's limit and its time, and what is late. A warning, never a refusal.

The numbers are those in force on the day of the meeting, so old meetings keep theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

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


@dataclass(frozen=True, slots=True)
class Load:
    """A meeting to come: of which team, when, for how many minutes, with how many cases, and whether it is a draft."""

    team_id: UUID
    starts_at: datetime
    minutes: int
    cases: int
    draft: bool


async def number_on_the_day(work: Work, team_id: UUID, name: str, day: datetime) -> int:
    """Return the value of a team's number on the day of a meeting."""
    team = await people.team_with(work, team_id)
    value = await dated(work, team.pathway, name, team.id, day)
    return pathway(team.pathway).parameters[name] if value is None else value


def working_days_before(day: date, days: int) -> date:
    """Return the first of so many working days before a day; with none, the day itself."""
    while days > 0:
        day -= timedelta(days=1)
        days -= is_working_day(day)
    return day


async def agenda_out_by(work: Work, team_id: UUID, starts_at: datetime) -> date:
    """Return the last day on which the agenda should go out."""
    days = await number_on_the_day(work, team_id, "agenda_out_working_days", starts_at)
    return working_days_before(to_helsinki(starts_at).date(), days)


async def minutes_by(work: Work, meeting: Meeting) -> date:
    """Return the last day on which the minutes should be approved."""
    days = await number_on_the_day(work, meeting.team_id, "minutes_working_days", meeting.starts_at)
    return working_days_later(to_helsinki(meeting.ends_at).date(), days)


async def warnings_of(work: Work, meeting: Meeting) -> list[LoadWarning]:
    """Return what `warnings` does, for whoever has no agenda before them."""
    query = select(AgendaItem.discussed_at.is_not(None))
    query = query.where(AgendaItem.meeting_id == meeting.id, AgendaItem.ended_at.is_(None))
    return await warnings(work, meeting, [bool(discussed) for discussed in await work.session.scalars(query)])


async def warnings(work: Work, meeting: Meeting, discussed: Sequence[bool]) -> list[LoadWarning]:
    """Return what to look at in a meeting, given for each case on its agenda whether it was discussed."""
    if meeting.state in ENDED:
        return []
    if meeting.starts_at > now():
        length = int((meeting.ends_at - meeting.starts_at).total_seconds()) // 60
        load = Load(meeting.team_id, meeting.starts_at, length, len(discussed), meeting.state == "planned")
        return await warnings_ahead(work, load)
    by = await minutes_by(work, meeting)
    if meeting.state in {"open", RECORDED} and not all(discussed) and today() > by:
        return [LoadWarning("load.minutes_late", {"day": full_day(by), "number": list(discussed).count(False)})]
    return []


async def warnings_ahead(work: Work, load: Load) -> list[LoadWarning]:
    """Return what to look at in a meeting to come; asks nothing of the database."""
    found, day = [], load.starts_at
    limit = await number_on_the_day(work, load.team_id, "case_limit", day)
    each = await number_on_the_day(work, load.team_id, "case_minutes", day)
    by = await agenda_out_by(work, load.team_id, day)
    if load.cases > limit:
        found.append(LoadWarning("load.over_limit", {"number": load.cases, "limit": limit}))
    if (needs := load.cases * each) > load.minutes:
        about = {"number": load.cases, "each": each, "needs": needs, "has": load.minutes}
        found.append(LoadWarning("load.too_short", about))
    if today() > by:
        found.append(LoadWarning("load.agenda_late" if load.draft else "load.adding_late", {"day": full_day(by)}))
    return found
