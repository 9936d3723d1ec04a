"""What a meeting allows now, by its state and the clock."""

from datetime import datetime, timedelta
from typing import Literal, get_args

from multiagency.kernel.clock import later, now, to_helsinki
from multiagency.kernel.errors import Conflict, FieldError
from multiagency.kernel.work import Work
from multiagency.meetings.forms import MeetingTimes
from multiagency.meetings.models import Meeting
from multiagency.pathways.service import parameter
from multiagency.people.models import Team
from multiagency.people.reading import team_with
from multiagency.web.texts import full_day

RECORDED = "recorded"
Way = Literal["time", "cancellation", "not-held"]
"""In which way a meeting is not held as it was called: moved, cancelled, missed."""
WAYS: tuple[Way, ...] = get_args(Way)
ENDED = frozenset({"cancelled", "not_held"})


def is_over(meeting: Meeting) -> bool:
    """Tell whether nothing more can be prepared for the meeting; one entered afterwards is filled in later."""
    return meeting.state in ENDED or (meeting.state != RECORDED and meeting.ends_at <= now())


def is_past(meeting: Meeting) -> bool:
    """Tell whether the meeting lies behind, however it went."""
    return meeting.state in ENDED | {RECORDED} or meeting.ends_at <= now()


def must_not_be_over(meeting: Meeting) -> None:
    """Raise `Conflict` when the meeting is over, was cancelled, or was not held."""
    if meeting.state in ENDED:
        raise Conflict(f"meeting.was_{meeting.state}")
    if is_over(meeting):
        raise Conflict("meeting.is_over")


def what_forbids(meeting: Meeting, way: Way, *, written: bool) -> str | None:
    """Return why the meeting can no longer be moved, cancelled, or recorded as not held; None where it can.

    `written` says that there are minutes of it, drafts among them.
    """
    if meeting.state in ENDED:
        return f"meeting.was_{meeting.state}"
    if way == "not-held" and meeting.starts_at > now():
        return "meeting.not_missed_yet"
    if meeting.run_at is not None and way != "not-held":
        return "chair.is_run"
    if written or (meeting.state == RECORDED and way != "cancellation"):
        return "meeting.has_been_held"
    return "meeting.is_over" if way != "not-held" and is_over(meeting) else None


def has_begun(meeting: Meeting) -> bool:
    """Tell whether the meeting is being held or has been: somebody was invited to it, and its time has come."""
    return meeting.state in {"open", RECORDED} and meeting.starts_at <= now()


def must_have_begun(meeting: Meeting) -> None:
    """Raise `Conflict`, saying when it begins or why it never will."""
    if meeting.state in ENDED:
        raise Conflict(f"meeting.was_{meeting.state}")
    if meeting.starts_at > now():
        raise Conflict("meeting.not_begun", when=said(meeting.starts_at))
    if not has_begun(meeting):
        raise Conflict("meeting.never_opened")


async def begins_soon(work: Work, meeting: Meeting) -> bool:
    """Tell whether what is told about the meeting cannot wait: it begins within the team's `short_notice_hours`."""
    team = await team_with(work, meeting.team_id)
    hours = await parameter(work, team.pathway, "short_notice_hours", team.id)
    return meeting.starts_at - now() <= timedelta(hours=hours)


def must_wait(meeting: Meeting) -> bool:
    """Tell whether the meeting may still begin."""
    return meeting.state not in ENDED and meeting.starts_at > now()


def standing(meeting: Meeting) -> str:
    """Return how the meeting stands now: its state, or what the clock has made of it."""
    if meeting.state in ENDED | {RECORDED}:
        return meeting.state
    if meeting.ends_at <= now():
        return "over" if meeting.state == "open" else "never_opened"
    return "begun" if has_begun(meeting) else meeting.state


async def wrong_times(work: Work, team: Team, times: MeetingTimes, *, recorded: bool) -> list[FieldError]:
    """Return what is wrong with the times of a meeting, with the team's limits, in the order of the form."""
    hours = await parameter(work, team.pathway, "longest_meeting_hours", team.id)
    days = await parameter(work, team.pathway, "recorded_afterwards_days", team.id)
    years = await parameter(work, team.pathway, "meeting_ahead_years", team.id)
    found = _wrong_afterwards(times, days) if recorded else _wrong_ahead(times, days, years)
    if times.ends_at <= times.starts_at:
        found.append(FieldError("ends_at", "meeting.ends_before_it_starts"))
    elif times.ends_at - times.starts_at > timedelta(hours=hours):
        found.append(FieldError("ends_at", "meeting.too_long", {"hours": hours}))
    return found


def _wrong_ahead(times: MeetingTimes, days: int, years: int) -> list[FieldError]:
    if times.starts_at <= now():
        return [FieldError("starts_at", "meeting.in_past", {"days": days})]
    too_far = times.starts_at > later(now(), years=years)
    return [FieldError("starts_at", "meeting.too_far", {"years": years})] if too_far else []


def _wrong_afterwards(times: MeetingTimes, days: int) -> list[FieldError]:
    if times.starts_at < now() - timedelta(days=days):
        return [FieldError("starts_at", "meeting.too_long_ago", {"days": days})]
    return [FieldError("ends_at", "meeting.not_over_yet")] if times.ends_at > now() else []


def said(moment: datetime) -> str:
    """Return a moment in figures, which every language reads."""
    local = to_helsinki(moment)
    return f"{full_day(local.date())} {local:%H.%M}"
