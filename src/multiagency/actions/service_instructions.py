"""The recording instruction of an action: given by the coordinator, confirmed by whoever does the recording."""

from multiagency.actions.models import PlannedAction, RecordingInstruction
from multiagency.actions.reading_instructions import newest, waits
from multiagency.cases.desk import Desk
from multiagency.cases.service_grants import OWN_RECORD
from multiagency.consent.forms_instructions import InstructionForm
from multiagency.consent.reading_instructions import what_is_asked
from multiagency.consent.service_instructions import say_how, wrong_instruction
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.people.models import Post
from multiagency.people.service_notices import settle, tell


async def instruct(desk: Desk, action: PlannedAction, form: InstructionForm) -> None:
    """Say how an action is recorded, where that was answered; the owner confirms each instruction anew.

    Raises `Invalid` naming what is missing or wrong: in the record of a child with a guardian who must not read it, the
    action is not saved before somebody has said from whom OmaKanta hides it.
    """
    if wrong := wrong_instruction(await what_is_asked(desk), form):
        raise Invalid(*wrong)
    if form.hidden_from is None and form.record_of is None:
        return
    row = RecordingInstruction(
        id=uuid7(),
        case_id=action.case_id,
        controller_id=action.controller_id,
        retention_class=action.retention_class,
        action_id=action.id,
    )
    await say_how(desk.work, row, form)
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote(Kind.ACTION, controller_id=action.controller_id)


async def instruct_anew(desk: Desk, action: PlannedAction, form: InstructionForm) -> None:
    """Give an open action another instruction, and tell its owner: a guardian may come under suspicion later.

    Raises `Invalid` as `instruct` does, and without an answer.
    """
    if form.hidden_from is None:
        raise Invalid.of("hidden_from", "instruction.needed")
    await instruct(desk, action, form)
    owner = await desk.work.session.get_one(Post, action.owner_id)
    await tell(desk.work, [owner], "action_instructed", f"/actions/{action.reference}", desk.case.id)


async def confirm(work: Work, action: PlannedAction) -> None:
    """Say that one's own action is recorded as instructed. Raises `Conflict` where nothing waits for that."""
    work.rests_on(action.case_id, OWN_RECORD)
    given = (await newest(work, [action.id])).get(action.id)
    if given is None or not waits(action, given):
        raise Conflict("instruction.nothing_to_confirm")
    given.confirmed_for_id, given.confirmed_at = action.owner_id, now()
    await work.session.flush()
    await settle(work, f"/actions/{action.reference}", "action_instructed")
    about = {"case_id": action.case_id, "controller_id": action.controller_id, "basis": OWN_RECORD}
    work.record(Mode.WRITE, {Kind.ACTION}, subjects=[action.case_id], **about)
