"""How what is taken home is recorded, whatever it is: what is wrong in an instruction, and writing one down."""

from uuid import UUID

from multiagency.consent.forms_instructions import InstructionForm
from multiagency.consent.models import Instruction
from multiagency.consent.reading_instructions import Asked
from multiagency.disclosures.service_recording import wrong_details
from multiagency.kernel.clock import now
from multiagency.kernel.errors import FieldError
from multiagency.kernel.work import Work


def wrong_instruction(asked: Asked, form: InstructionForm) -> list[FieldError]:
    """Return what is wrong or missing in an instruction; `asked` tells where it must be answered."""
    return [*_people(asked, form), *_missing(asked, form), *_guardian(form), *wrong_details(form)]


def _people(asked: Asked, form: InstructionForm) -> list[FieldError]:
    meant: list[tuple[str, UUID | None, dict[UUID, str]]] = [
        ("record_of", form.record_of, asked.children),
        ("hidden_guardian", form.hidden_guardian, asked.guardians),
    ]
    return [FieldError(field, f"instruction.not_{field}") for field, who, known in meant if who and who not in known]


def _missing(asked: Asked, form: InstructionForm) -> list[FieldError]:
    if form.hidden_from is not None:
        return []
    needed = asked.must_be_answered(form.record_of) or form.recorded_under or form.hidden_guardian
    return [FieldError("hidden_from", "instruction.needed")] if needed else []


def _guardian(form: InstructionForm) -> list[FieldError]:
    if (form.hidden_from == "guardian") != (form.hidden_guardian is not None) and form.hidden_from is not None:
        return [FieldError("hidden_guardian", "instruction.which_guardian")]
    return []


async def say_how(work: Work, row: Instruction, form: InstructionForm) -> None:
    """Write an instruction onto a row that is about to be added."""
    row.record_of_id, row.hidden_guardian_id = form.record_of, form.hidden_guardian
    row.hidden_from, row.hidden_until = form.hidden_from, form.hidden_until
    row.given_by_id, row.given_at = work.actor.post_id, now()
    await work.vault.seal(row, recorded_under=form.recorded_under)
