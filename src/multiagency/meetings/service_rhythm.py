"""A team's rhythm: a year's meetings made as drafts in one step, and drafts changed from a day on.

Both are shown first. What is saved is what was shown: a plan that came out otherwise meanwhile is shown again. Opened
meetings are never changed here, for people were told of them.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import exists, select

from multiagency.kernel.clock import from_helsinki, later, now, to_helsinki, today
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.ids import reference, uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.kernel.working_days import is_working_day
from multiagency.meetings.forms import EndingForm, MeetingForm, MovingForm
from multiagency.meetings.forms_rhythm import CopyForm, DraftsForm, YearForm
from multiagency.meetings.models import AgendaItem, Meeting
from multiagency.meetings.models_rhythm import MeetingRhythm
from multiagency.meetings.service import call, my_teams
from multiagency.meetings.service_moving import cancel, move_to
from multiagency.meetings.service_team import copy_team
from multiagency.pathways.service import parameter
from multiagency.people.models import Team

_MOST = 60
"""So many meetings are made at once at most: one a week for a year, and some."""
_RAREST = 26
"""A team meets at least twice a year: weeks between two meetings at most."""
_A_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class YearRow:
    """One day of a rhythm: when its meeting begins, None where it falls out; `there` says how one that is there stands.

    `moved` tells that the day is a holiday and the meeting on another.
    """

    day: date
    starts_at: datetime | None
    ends_at: datetime | None
    moved: bool = False
    there: str = ""

    @property
    def is_new(self) -> bool:
        """Tell whether a meeting is made for this day."""
        return self.starts_at is not None and not self.there


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft, and what becomes of it: its new times, or None where it is cancelled; `kept` says why nothing does."""

    meeting: Meeting
    starts_at: datetime | None
    ends_at: datetime | None
    made_for: date | None = None
    kept: str = ""


def seal_of(rows: Sequence[YearRow] | Sequence[DraftRow]) -> str:
    """Return what tells this plan from another, for a form that says which one its reader saw."""
    said = [
        (str(row.day) if isinstance(row, YearRow) else row.meeting.reference, str(row.starts_at), str(row.ends_at))
        + ((row.there,) if isinstance(row, YearRow) else (row.kept,))
        for row in rows
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


async def rhythm_of(work: Work, team_id: UUID) -> MeetingRhythm | None:
    """Return the rhythm that a team has now, or will have; None where none was set."""
    query = select(MeetingRhythm).where(MeetingRhythm.team_id == team_id)
    return await work.session.scalar(query.order_by(MeetingRhythm.set_at.desc(), MeetingRhythm.id.desc()).limit(1))


async def plan_year(work: Work, form: YearForm) -> list[YearRow]:
    """Return what a rhythm makes of the days until the last one. Raises `Invalid` with every wrong field."""
    team = await _team(work, form.team)
    await _must_be_possible(work, team, form)
    made = await _made(work, team, form)
    return [_row(day, form, made) for day in _days(form)]


async def make_year(work: Work, form: YearForm) -> int:
    """Make the meetings of a plan that was shown, as drafts of which nobody is told; return how many.

    Raises `Invalid` where the plan is another by now, or makes nothing. The same plan made twice makes nothing twice:
    a day has one meeting (`uq_meeting_made_for`).
    """
    rows = await plan_year(work, form)
    new = [row for row in rows if row.is_new]
    if form.plan != seal_of(rows):
        raise Invalid.of("plan", "rhythm.another_plan")
    if not new:
        raise Invalid.of("plan", "rhythm.nothing_new")
    await _set(work, form.team, form.first_on, form.every_weeks, form.starts, form.minutes, form.on_holiday)
    work.session.add_all(
        Meeting(
            id=uuid7(),
            reference=reference(),
            team_id=form.team,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            state="planned",
            made_for=row.day,
        )
        for row in new
    )
    await work.session.flush()
    work.record(Mode.WRITE)
    return len(new)


async def plan_drafts(work: Work, form: DraftsForm) -> list[DraftRow]:
    """Return what becomes of a team's drafts from a day on. Raises `Invalid` with every wrong field."""
    await _team(work, form.team)
    rhythm = await rhythm_of(work, form.team)
    if form.what == "move" and not (form.weekday or form.starts or form.minutes):
        raise Invalid.of("weekday", "rhythm.nothing_changed")
    on_agenda = exists().where(AgendaItem.meeting_id == Meeting.id, AgendaItem.ended_at.is_(None))
    query = (
        select(Meeting, on_agenda)
        .where(Meeting.team_id == form.team, Meeting.made_for.is_not(None), Meeting.starts_at > now())
        .where(Meeting.starts_at >= from_helsinki(datetime.combine(form.from_on, time())))
        .where(Meeting.state.in_(("planned", "open")))
        .order_by(Meeting.starts_at)
    )
    on_holiday = rhythm.on_holiday if rhythm else "skip"
    return [_draft(meeting, form, on_holiday, bool(filled)) for meeting, filled in await work.session.execute(query)]


async def change_drafts(work: Work, form: DraftsForm) -> int:
    """Do to a team's drafts what was shown; return to how many. Opened meetings stay as they are.

    Raises `Invalid` where the plan is another by now, changes nothing, or gives a meeting a time beyond the limits.
    """
    rows = await plan_drafts(work, form)
    changed = [row for row in rows if not row.kept]
    if form.plan != seal_of(rows):
        raise Invalid.of("plan", "rhythm.another_plan")
    if not changed:
        raise Invalid.of("plan", "drafts.no_drafts")
    for row in changed:
        if row.starts_at is None or row.ends_at is None:
            await cancel(work, row.meeting, EndingForm())
        else:
            await move_to(work, row.meeting, MovingForm(starts_at=row.starts_at, ends_at=row.ends_at))
            row.meeting.made_for = row.made_for
    rhythm = await rhythm_of(work, form.team)
    if rhythm is not None and form.what == "move":
        first = _in_week(form.from_on, int(form.weekday or rhythm.first_on.weekday()))
        starts, minutes = form.starts or rhythm.starts, form.minutes or rhythm.minutes
        await _set(work, form.team, first, rhythm.every_weeks, starts, minutes, rhythm.on_holiday)
    await work.session.flush()
    return len(changed)


async def copy(work: Work, meeting: Meeting, form: CopyForm) -> Meeting:
    """Make a draft of the same team that lasts as long. Nothing about any client goes with it: no case, seat or grant.

    A meeting of the team's own takes with it what it is for, its place, and who is asked; neither points nor memo.

    Raises `Invalid` for a time beyond the team's limits.
    """
    lasts = meeting.ends_at - meeting.starts_at
    times = {"starts_at": form.starts_at, "ends_at": form.starts_at + lasts}
    made = await call(work, MeetingForm(team=meeting.team_id, **times), team_only=meeting.team_only)
    if meeting.team_only:
        await copy_team(work, meeting, made)
    return made


async def _team(work: Work, team_id: UUID) -> Team:
    team = next((team for team in await my_teams(work) if team.id == team_id), None)
    if team is None:
        raise Invalid.of("team", "error.unknown_team")
    return team


async def _must_be_possible(work: Work, team: Team, form: YearForm) -> None:
    hours = await parameter(work, team.pathway, "longest_meeting_hours", team.id)
    years = await parameter(work, team.pathway, "meeting_ahead_years", team.id)
    wrong = []
    if _at(form.first_on, form.starts) <= now():
        wrong.append(FieldError("first_on", "rhythm.in_past"))
    if not is_working_day(form.first_on):
        wrong.append(FieldError("first_on", "rhythm.no_working_day"))
    if form.until < form.first_on:
        wrong.append(FieldError("until", "rhythm.ends_before"))
    elif form.until - form.first_on > _A_YEAR:
        wrong.append(FieldError("until", "rhythm.over_a_year"))
    elif form.until > later(today(), years=years):
        wrong.append(FieldError("until", "meeting.too_far", {"years": years}))
    if not 0 < form.every_weeks <= _RAREST:
        wrong.append(FieldError("every_weeks", "rhythm.weeks_between", {"most": _RAREST}))
    if not 0 < form.minutes <= hours * 60:
        wrong.append(FieldError("minutes", "rhythm.minutes_between", {"most": hours * 60}))
    if wrong:
        raise Invalid(*wrong)


async def _made(work: Work, team: Team, form: YearForm) -> dict[date, Meeting]:
    query = select(Meeting).where(Meeting.team_id == team.id, Meeting.made_for.between(form.first_on, form.until))
    found = await work.session.scalars(query.where(Meeting.state != "cancelled"))
    return {meeting.made_for: meeting for meeting in found if meeting.made_for}


def _days(form: YearForm) -> Iterator[date]:
    day = form.first_on
    for _ in range(_MOST):
        if day > form.until:
            return
        yield day
        day += timedelta(weeks=form.every_weeks)


def _row(day: date, form: YearForm, made: dict[date, Meeting]) -> YearRow:
    if (meeting := made.get(day)) is not None:
        return YearRow(day, meeting.starts_at, meeting.ends_at, there=meeting.state)
    held = _held_on(day, form.on_holiday)
    if held is None:
        return YearRow(day, None, None)
    begins = _at(held, form.starts)
    return YearRow(day, begins, begins + timedelta(minutes=form.minutes), moved=held != day)


def _held_on(day: date, on_holiday: str) -> date | None:
    """Return the day on which the meeting of a day is: that day, or the working day that stands in for a holiday."""
    if is_working_day(day):
        return day
    if on_holiday == "skip":
        return None
    step = timedelta(days=1 if on_holiday == "after" else -1)
    while not is_working_day(day):
        day += step
    return day


def _at(day: date, clock: str) -> datetime:
    """Return that time of day in Finland: nine is nine, in summer as in winter."""
    return from_helsinki(datetime.combine(day, time.fromisoformat(clock)))


def _in_week(day: date, weekday: int) -> date:
    """Return that weekday of the same week."""
    return day + timedelta(days=weekday - day.weekday())


def _draft(meeting: Meeting, form: DraftsForm, on_holiday: str, filled: bool) -> DraftRow:
    if meeting.state != "planned":
        return DraftRow(meeting, meeting.starts_at, meeting.ends_at, kept="opened")
    if form.what == "cancel":
        kept = "filled" if filled else ""
        return DraftRow(meeting, meeting.starts_at if kept else None, meeting.ends_at if kept else None, kept=kept)
    local = to_helsinki(meeting.starts_at)
    made_for = meeting.made_for or local.date()
    if form.weekday is not None:
        made_for = _in_week(made_for, int(form.weekday))
        held = _held_on(made_for, on_holiday)
    else:
        held = local.date()
    if held is None:
        return DraftRow(meeting, meeting.starts_at, meeting.ends_at, kept="holiday")
    lasts = timedelta(minutes=form.minutes) if form.minutes else meeting.ends_at - meeting.starts_at
    begins = _at(held, form.starts or f"{local:%H:%M}")
    if begins <= now():
        return DraftRow(meeting, meeting.starts_at, meeting.ends_at, kept="past")
    return DraftRow(meeting, begins, begins + lasts, made_for)


async def _set(
    work: Work, team_id: UUID, first_on: date, every_weeks: int, starts: str, minutes: int, on_holiday: str
) -> None:
    work.session.add(
        MeetingRhythm(
            id=uuid7(),
            team_id=team_id,
            first_on=first_on,
            every_weeks=every_weeks,
            starts=starts,
            minutes=minutes,
            on_holiday=on_holiday,
            set_by_id=work.actor.post_id,
            set_at=now(),
        )
    )
    await work.session.flush()
