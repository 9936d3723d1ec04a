"""What meetings add to the page of a case: for the coordinator the next step, for everybody in sight the minutes."""

from multiagency.cases.desk import Desk
from multiagency.cases.questions import PageSections, Section
from multiagency.kernel.access import Act, Kind
from multiagency.meetings.reading import meeting_of

_HAS_MINUTES = frozenset({"in_follow_up", "closed", "withdrawn"})


async def sections(asked: PageSections) -> list[Section]:
    """Add the lines on meeting and minutes that the actor may follow."""
    found: list[Section] = []
    desk = asked.desk
    stage, here = desk.case.stage, f"/cases/{desk.case.reference}"
    if desk.may(Act.RUN_MEETING):
        found += await _steps(desk)
    if Kind.MINUTES in desk.kinds and stage in _HAS_MINUTES:
        state = "own_only" if stage == "withdrawn" else stage
        found.append(Section(70, "minutes.title", f"minutes.section.{state}", f"{here}/minutes"))
    return found


async def _steps(desk: Desk) -> list[Section]:
    """The coordinator's steps: the agenda while the case waits, then seats, then minutes."""
    stage = desk.case.stage
    if stage == "submitted":
        return [Section(50, "meetings.section.place", "meetings.section.not_placed", "/meetings")]
    meeting = await meeting_of(desk) if stage in {"on_agenda", "in_follow_up"} else None
    if meeting is None:
        return []
    here = f"/meetings/{meeting}/cases/{desk.case.reference}"
    if stage == "in_follow_up":
        return [Section(60, "minutes.record.correct", "minutes.section.done", f"{here}/minutes")]
    return [
        Section(50, "meetings.section.seats", "meetings.section.placed", f"{here}/seats"),
        Section(60, "minutes.record.title", "minutes.section.not_recorded", f"{here}/minutes"),
    ]
