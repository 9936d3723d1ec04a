"""Proposals of times for a team's meeting, best first: who would be missing, which required office nobody would hold.

What is asked is only when members cannot; what is shown is only who would be missing at a proposed time.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Column, Uuid, func, select
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE

from multiagency.kernel.clock import from_helsinki, later, now, to_helsinki, today
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.kernel.working_days import is_working_day
from multiagency.meetings.forms_availability import SlotsForm
from multiagency.meetings.service import my_teams
from multiagency.meetings.service_team import members
from multiagency.pathways.service import parameter, pathway
from multiagency.people.models import Team
from multiagency.people.reading import Colleague

DAYS, STEP, SHOWN = 28, timedelta(minutes=30), 10
"""So many days ahead are looked at, in such steps, so many proposals shown at most: of a day one early, one late."""
_NOON = 12
Spans = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class ProposedTime:
    """A time that is proposed: who of the members would be missing, and the required offices that nobody would hold."""

    starts_at: datetime
    ends_at: datetime
    missing: tuple[str, ...]
    empty: tuple[tuple[str, ...], ...]

    @property
    def cost(self) -> tuple[int, int, datetime]:
        """By what proposals are ordered: offices left empty, then people missing, then how soon it is."""
        return len(self.empty), len(self.missing), self.starts_at


async def slots(work: Work, form: SlotsForm) -> list[ProposedTime]:
    """Return proposals for a team that the actor coordinates. Raises `Invalid` with every wrong field."""
    team = await _possible(work, form)
    begins = max(now(), from_helsinki(datetime.combine(form.from_on, time())))
    ends = begins + timedelta(days=DAYS)
    who = await members(work, [team.id])
    away = await _away(work, team.id, begins, ends)
    required = pathway(team.pathway).table.required
    work.record(Mode.READ)
    lasts = timedelta(minutes=form.minutes)
    found = [
        _slot(starts, starts + lasts, who, away, required)
        for day in _days(form.from_on)
        for starts in _starts(day, form)
        if starts > now()
    ]
    return _best(found)


async def _possible(work: Work, form: SlotsForm) -> Team:
    team = next((team for team in await my_teams(work) if team.id == form.team), None)
    if team is None:
        raise Invalid.of("team", "error.unknown_team")
    hours = await parameter(work, team.pathway, "longest_meeting_hours", team.id)
    years = await parameter(work, team.pathway, "meeting_ahead_years", team.id)
    wrong = []
    if not 0 < form.minutes <= hours * 60:
        wrong.append(FieldError("minutes", "rhythm.minutes_between", {"most": hours * 60}))
    if form.from_on > later(today(), years=years):
        wrong.append(FieldError("from_on", "meeting.too_far", {"years": years}))
    if not form.earliest or not form.latest or form.earliest >= form.latest:
        wrong.append(FieldError("latest", "slots.no_hours"))
    if wrong:
        raise Invalid(*wrong)
    return team


async def _away(work: Work, team_id: UUID, begins: datetime, ends: datetime) -> dict[UUID, Spans]:
    told = func.unavailable_in_team(team_id, begins, ends).table_valued(
        Column("post_id", Uuid), Column("times", TSTZMULTIRANGE)
    )
    rows = await work.session.execute(select(told.c.post_id, told.c.times))
    return {post: [(span.lower, span.upper) for span in times] for post, times in rows}


def _days(first: date) -> list[date]:
    days = [max(first, today()) + timedelta(days=number) for number in range(DAYS)]
    return [day for day in days if is_working_day(day)]


def _starts(day: date, form: SlotsForm) -> list[datetime]:
    opens, closes = (
        from_helsinki(datetime.combine(day, time.fromisoformat(at))) for at in (form.earliest, form.latest)
    )
    room = closes - timedelta(minutes=form.minutes) - opens
    return [opens + STEP * number for number in range(int(room / STEP) + 1)] if room >= timedelta(0) else []


def _slot(
    starts: datetime,
    ends: datetime,
    who: Sequence[Colleague],
    away: dict[UUID, Spans],
    required: Sequence[tuple[str, ...]],
) -> ProposedTime:
    there = [each for each in who if not _meets(away.get(each.post.id, ()), starts, ends)]
    offices = {each.post.office for each in there}
    missing = tuple(each.person.name for each in who if each not in there)
    return ProposedTime(starts, ends, missing, tuple(some for some in required if not offices & set(some)))


def _meets(spans: Spans, starts: datetime, ends: datetime) -> bool:
    """Tell whether one of these spans, in order and apart, meets that time."""
    at = bisect_left(spans, ends, key=lambda span: span[0])
    return at > 0 and spans[at - 1][1] > starts


def _best(found: Sequence[ProposedTime]) -> list[ProposedTime]:
    """Return the best, of each day a few: ten times of one morning are no choice."""
    shown: dict[tuple[date, bool], ProposedTime] = {}
    for slot in sorted(found, key=lambda slot: slot.cost):
        local = to_helsinki(slot.starts_at)
        if len(shown) < SHOWN:
            shown.setdefault((local.date(), local.hour < _NOON), slot)
    return list(shown.values())
