"""The recording instruction of an action: given by the coordinator, confirmed by whoever does the recording."""

from uuid import UUID

from multiagency.actions.forms import InstructionForm
from multiagency.actions.models import PlannedAction, RecordingInstruction
from multiagency.actions.reading_instructions import Asked, newest, waits, what_is_asked
from multiagency.cases.desk import Desk
from multiagency.cases.service_grants import OWN_RECORD
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now, today
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.people.models import Post
from multiagency.people.service_notices import tell


async def instruct(desk: Desk, action: PlannedAction, form: InstructionForm) -> None:
    """Say how an action is recorded, where that was answered; the owner confirms each instruction anew.

    Raises `Invalid` naming what is missing or wrong: in the record of a child with a guardian who must not read it, the
    action is not saved before somebody has said from whom OmaKanta hides it.
    """
    asked = await what_is_asked(desk)
    if wrong := [*_people(asked, form), *_missing(asked, form), *_details(form)]:
        raise Invalid(*wrong)
    if form.hidden_from is None and form.record_of is None:
        return
    row = RecordingInstruction(
        id=uuid7(),
        case_id=action.case_id,
        controller_id=action.controller_id,
        retention_class=action.retention_class,
        action_id=action.id,
        record_of_id=form.record_of,
        hidden_from=form.hidden_from,
        hidden_guardian_id=form.hidden_guardian,
        hidden_until=form.hidden_until,
        given_by_id=desk.work.actor.post_id,
        given_at=now(),
    )
    await desk.work.vault.seal(row, recorded_under=form.recorded_under)
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote(Kind.ACTION, controller_id=action.controller_id)


def _people(asked: Asked, form: InstructionForm) -> list[FieldError]:
    meant: list[tuple[str, UUID | None, dict[UUID, str]]] = [
        ("record_of", form.record_of, asked.children),
        ("hidden_guardian", form.hidden_guardian, asked.guardians),
    ]
    return [FieldError(field, f"instruction.not_{field}") for field, who, known in meant if who and who not in known]


def _missing(asked: Asked, form: InstructionForm) -> list[FieldError]:
    if form.hidden_from is None:
        needed = asked.must_be_answered(form.record_of) or form.recorded_under or form.hidden_guardian
        return [FieldError("hidden_from", "instruction.needed")] if needed else []
    return [] if form.recorded_under else [FieldError("recorded_under", "instruction.under_needed")]


def _details(form: InstructionForm) -> list[FieldError]:
    found = []
    if (form.hidden_from == "guardian") != (form.hidden_guardian is not None) and form.hidden_from is not None:
        found.append(FieldError("hidden_guardian", "instruction.which_guardian"))
    if form.hidden_until is not None and form.hidden_until <= today():
        found.append(FieldError("hidden_until", "instruction.until_past"))
    return found


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
    about = {"case_id": action.case_id, "controller_id": action.controller_id, "basis": OWN_RECORD}
    work.record(Mode.WRITE, {Kind.ACTION}, subjects=[action.case_id], **about)
