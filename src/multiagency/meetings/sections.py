"""What meetings add to the page of a case: for the coordinator the next step, for everybody in sight the minutes."""

from multiagency.cases.events import CaseShown, Section
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.work import Work
from multiagency.meetings.reading import meeting_of

_HAS_MINUTES = frozenset({"in_follow_up", "closed", "withdrawn"})


async def show_section(work: Work, shown: CaseShown) -> None:
    """Add the lines on meeting and minutes that the actor may follow."""
    desk = shown.desk
    stage, here = desk.case.stage, f"/cases/{desk.case.reference}"
    if desk.may(Act.RUN_MEETING):
        await _steps(shown)
    if Kind.MINUTES in desk.kinds and stage in _HAS_MINUTES:
        state = "own_only" if stage == "withdrawn" else stage
        shown.sections.append(Section(70, "minutes.title", f"minutes.section.{state}", f"{here}/minutes"))


async def _steps(shown: CaseShown) -> None:
    """The coordinator's steps: the agenda while the case waits, then seats, then minutes."""
    stage = shown.desk.case.stage
    if stage == "submitted":
        shown.sections.append(Section(50, "meetings.section.place", "meetings.section.not_placed", "/meetings"))
    if stage not in {"on_agenda", "in_follow_up"}:
        return
    meeting = await meeting_of(shown.desk)
    if meeting is None:
        return
    here = f"/meetings/{meeting}/cases/{shown.desk.case.reference}"
    if stage == "on_agenda":
        shown.sections.append(Section(50, "meetings.section.seats", "meetings.section.placed", f"{here}/seats"))
        shown.sections.append(Section(60, "minutes.record.title", "minutes.section.not_recorded", f"{here}/minutes"))
    else:
        shown.sections.append(Section(60, "minutes.record.correct", "minutes.section.done", f"{here}/minutes"))
