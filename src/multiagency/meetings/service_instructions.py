"""How what the minutes of a case say is recorded at home: said by the coordinator, confirmed by whoever sat there."""

from multiagency.cases.desk import Desk
from multiagency.cases.service import scope
from multiagency.consent.reading_instructions import what_is_asked
from multiagency.consent.service_instructions import say_how, wrong_instruction
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.work import Work
from multiagency.meetings.forms_minutes import PartInstructionForm, RecordedForm
from multiagency.meetings.models import Meeting
from multiagency.meetings.models_minutes import MinutesInstruction, MinutesRecorded
from multiagency.meetings.reading_instructions import instructions_of
from multiagency.meetings.reading_parts import agencies_there
from multiagency.meetings.reading_recipients import standing
from multiagency.meetings.service_minutes import at_the_item, minutes_place, tell_seated
from multiagency.meetings.service_states import must_have_begun
from multiagency.people.service_notices import settle


async def instruct(work: Work, meeting: Meeting, case: str, form: PartInstructionForm) -> None:
    """Say how the minutes of a case are recorded at home, or by one agency alone; whoever sits there confirms it anew.

    Raises `Invalid` for what is wrong and without an answer, `Conflict` before the meeting begins.
    """
    desk, item = await at_the_item(work, meeting, case)
    must_have_begun(meeting)
    if form.hidden_from is None:
        raise Invalid.of("hidden_from", "instruction.needed")
    if wrong := wrong_instruction(await what_is_asked(desk), form):
        raise Invalid(*wrong)
    if form.agency and form.agency not in {
        agency.id for agency in await agencies_there(desk, await standing(desk, item))
    }:
        raise Invalid.of("agency", "minutes.parts.not_there")
    row = MinutesInstruction(id=uuid7(), **scope(desk), agenda_item_id=item.id, agency_id=form.agency)
    await say_how(work, row, form)
    work.session.add(row)
    await work.session.flush()
    desk.wrote(Kind.MINUTES)
    await tell_seated(desk, item, "minutes_instructed", [form.agency] if form.agency else None)


async def confirm(desk: Desk, form: RecordedForm) -> None:
    """Say that one has recorded it as instructed, in one's own agency's record.

    Raises `Invalid` for what is no instruction of this case, `Conflict` where it does not wait for the actor.
    """
    found = await instructions_of(desk)
    views = {row.id: view for row, view in found.values()}
    if form.instruction not in views:
        raise Invalid.of("instruction", "minutes.instruction.unknown")
    if not views[form.instruction].waits:
        raise Conflict("minutes.instruction.nothing_waits")
    actor = desk.work.actor
    row = MinutesRecorded(
        id=uuid7(), **scope(desk), instruction_id=form.instruction, post_id=actor.post_id, recorded_at=now()
    )
    desk.work.session.add(row)
    await desk.work.session.flush()
    if not any(view.waits for row_id, view in views.items() if row_id != form.instruction):
        await settle(desk.work, minutes_place(desk), "minutes_instructed", alone=True)
    desk.wrote(Kind.MINUTES, controller_id=actor.agency_id)
