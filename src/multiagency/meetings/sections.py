"""What meetings add to the page of a case: for the coordinator the next step, for everybody in sight the minutes."""

from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.models import Voice
from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading_first import First, LookAhead, first_row
from multiagency.kernel.access import Act, Kind
from multiagency.meetings import reading_instructions
from multiagency.meetings.models import AgendaItem, Meeting
from multiagency.meetings.questions import AgendaNote, AgendaNotes
from multiagency.meetings.reading import discussed, leads_to_a_table, places, was_discussed
from multiagency.meetings.reading_urgent import is_callable
from multiagency.meetings.service_states import has_begun, is_over
from multiagency.pathways.definition import OVER, StageKind

_HAS_MINUTES = frozenset({StageKind.FOLLOW_UP, *OVER})
_AT_A_TABLE = (StageKind.TABLE, StageKind.FOLLOW_UP)


async def ahead(asked: LookAhead) -> list[First]:
    """Want where the case stands on an agenda, and whether it was discussed."""
    desk = asked.desk
    steered = desk.may(Act.RUN_MEETING) and desk.stands(*_AT_A_TABLE)
    minuted = {Kind.MINUTES, Kind.ACTION} & desk.kinds and desk.stands(StageKind.TABLE)
    return [*([places] if steered else []), *([discussed] if minuted else [])]


async def sections(asked: PageSections) -> list[Section]:
    """Add the lines on meeting and minutes that the actor may follow."""
    found: list[Section] = []
    desk = asked.desk
    kind, here = desk.case.stage_kind, f"/cases/{desk.case.reference}"
    if desk.may(Act.RUN_MEETING):
        found += await _steps(desk)
    if is_callable(desk):
        found.append(Section(75, "urgent.section", "urgent.section_state", f"{here}/urgent"))
    if Kind.MINUTES in desk.kinds and (
        kind in _HAS_MINUTES or (desk.stands(StageKind.TABLE) and await was_discussed(desk))
    ):
        state = "own_only" if desk.stands(StageKind.WITHDRAWN) else "recorded"
        found.append(Section(70, "minutes.title", f"minutes.section.{state}", f"{here}/minutes"))
    return found


async def _steps(desk: Desk) -> list[Section]:
    """The coordinator's steps: the agenda while the case waits, then seats, then minutes, then perhaps once more."""
    if desk.stands(StageKind.OPEN):
        place = Section(50, "meetings.section.place", "meetings.section.not_placed", "/meetings")
        return [place] if leads_to_a_table(desk.case) else []
    newest = await first_row(desk, places) if desk.stands(*_AT_A_TABLE) else None
    if newest is None:
        return []
    item, meeting = newest
    here = f"/meetings/{meeting.reference}"
    found = [Section(45, "meetings.section.meeting", "meetings.section.placed", here)]
    found += _at_the_meeting(item, meeting, f"{here}/cases/{desk.case.reference}")
    if desk.stands(StageKind.FOLLOW_UP):
        found.append(Section(65, "meetings.section.again", "meetings.section.discussed", "/meetings"))
    return found


def _at_the_meeting(item: AgendaItem, meeting: Meeting, here: str) -> list[Section]:
    """What can be done about the case in that meeting now."""
    if item.discussed_at is not None:
        return [Section(60, "minutes.record.add", "minutes.section.recorded", f"{here}/minutes")]
    found = []
    if not is_over(meeting):
        found.append(Section(50, "meetings.section.seats", "meetings.section.placed", f"{here}/seats"))
    if has_begun(meeting):
        found.append(Section(60, "minutes.record.title", "minutes.section.not_recorded", f"{here}/minutes"))
    return found


async def unconfirmed(asked: AgendaNotes) -> list[AgendaNote]:
    """Name for each case whoever sat at its table and has not confirmed how the minutes are recorded at home."""
    found: dict[UUID, list[str]] = {}
    for one in await reading_instructions.unconfirmed(asked.work, asked.case_ids):
        found.setdefault(one.case_id, []).append(one.name)
    return [
        AgendaNote(case_id, "minutes.instruction_note", {"names": ", ".join(dict.fromkeys(names))}, "minutes")
        for case_id, names in found.items()
    ]


async def asked_by_clients(asked: AgendaNotes) -> list[AgendaNote]:
    """Say what each client wants to ask the meeting, to whoever sees what is told about the case."""
    query = select(Voice).where(Voice.case_id.in_(asked.case_ids), Voice.question.is_not(None)).order_by(Voice.id)
    found = (await asked.work.session.scalars(query)).all()
    if found:
        await asked.work.vault.expect({voice.case_id for voice in found})
    return [
        AgendaNote(voice.case_id, "voice.note", {"text": await asked.work.vault.open(voice, "question")}, "voice")
        for voice in found
    ]
