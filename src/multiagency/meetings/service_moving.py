"""A meeting that is not held as it was called: moved, cancelled, or missed."""

from sqlalchemy import select

from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings import service_invitations as invitations
from multiagency.meetings.forms import EndingForm, MovingForm
from multiagency.meetings.models import AgendaItem, Meeting
from multiagency.meetings.models_minutes import Minutes
from multiagency.meetings.service_agenda import end_undiscussed, own_items
from multiagency.meetings.service_reaching import end_with
from multiagency.meetings.service_research import move_research
from multiagency.meetings.service_states import Way, has_begun, what_forbids, wrong_times
from multiagency.people import reading as people


async def move_to(work: Work, meeting: Meeting, form: MovingForm) -> None:
    """Give the meeting another time; everybody invited is told, and asked again.

    Raises `Invalid` for a time beyond the team's limits, `Conflict` when the meeting is over or has minutes.
    """
    await _must_be_possible(work, meeting, "time")
    team = await people.team_with(work, meeting.team_id)
    if errors := await wrong_times(work, team, form, recorded=False):
        raise Invalid(*errors)
    was = meeting.starts_at, meeting.ends_at
    meeting.starts_at, meeting.ends_at, meeting.reason = form.starts_at, form.ends_at, form.reason
    await work.session.flush()
    await end_with(work, meeting)
    await move_research(work, meeting)
    if meeting.state == "open":
        await invitations.tell_new_time(work, meeting, was)
    work.record(Mode.WRITE)


async def cancel(work: Work, meeting: Meeting, form: EndingForm) -> None:
    """Cancel the meeting for good: everybody invited is told, its cases wait for another meeting.

    Raises `Conflict` when it is over or has minutes.
    """
    await _must_be_possible(work, meeting, "cancellation")
    await _end(work, meeting, "cancelled", form)


async def was_not_held(work: Work, meeting: Meeting, form: EndingForm) -> None:
    """Record that the meeting did not take place; its cases wait for another one.

    Raises `Conflict` before it should have begun, when it was cancelled, and when it has minutes.
    """
    await _must_be_possible(work, meeting, "not-held")
    await _end(work, meeting, "not_held", form)


async def _end(work: Work, meeting: Meeting, state: str, form: EndingForm) -> None:
    """Calendars first: once they are told, the end of each seat tells them nothing more."""
    if meeting.state == "open" and meeting.ends_at > now():
        await invitations.withdraw_all(work, meeting)
    meeting.state, meeting.reason = state, form.reason
    await work.session.flush()
    await end_with(work, meeting)
    await end_undiscussed(work, meeting, state)
    work.record(Mode.WRITE)


async def _must_be_possible(work: Work, meeting: Meeting, way: Way) -> None:
    await own_items(work, meeting)  # whose minutes these are, and on what their reading rests
    if key := what_forbids(meeting, way, written=await has_minutes(work, meeting)):
        raise Conflict(key)


async def has_minutes(work: Work, meeting: Meeting) -> bool:
    """Tell whether minutes of the meeting were recorded, drafts among them; there are none before it begins."""
    if not has_begun(meeting):
        return False
    written = select(Minutes.id).join(AgendaItem, AgendaItem.id == Minutes.agenda_item_id)
    return await work.session.scalar(written.where(AgendaItem.meeting_id == meeting.id).limit(1)) is not None
