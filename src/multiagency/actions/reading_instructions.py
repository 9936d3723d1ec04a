"""How actions are recorded: the newest instruction of each, and whether its owner has confirmed it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from multiagency.actions.models import PlannedAction, RecordingInstruction
from multiagency.consent.reading_instructions import InstructionView, filled_with, opened, people_meant
from multiagency.kernel.work import Work

IN_ORDER = (RecordingInstruction.given_at, RecordingInstruction.id)
"""The last one is the one that holds."""


async def newest(work: Work, action_ids: Collection[UUID]) -> dict[UUID, RecordingInstruction]:
    """Return the newest instruction of each of these actions that has one."""
    query = select(RecordingInstruction).where(RecordingInstruction.action_id.in_(action_ids)).order_by(*IN_ORDER)
    return {row.action_id: row for row in await work.session.scalars(query)} if action_ids else {}


def waits(action: PlannedAction, given: RecordingInstruction | None) -> bool:
    """Tell whether there is an instruction that the owner of the action has not confirmed."""
    return given is not None and given.hidden_from is not None and given.confirmed_for_id != action.owner_id


async def instructions_of(
    work: Work, actions: Sequence[PlannedAction], basis: str | None
) -> dict[UUID, InstructionView]:
    """Return what was instructed about these actions; `basis` is what the actor sees them on outside of a desk."""
    given = await newest(work, [action.id for action in actions])
    named = await people_meant(work, given.values(), basis)
    return {
        action.id: await opened(work, row, named, row.confirmed_at, waits=waits(action, row))
        for action in actions
        if (row := given.get(action.id)) is not None
    }


async def filled_in(work: Work, action: PlannedAction) -> dict[str, str]:
    """Return what was instructed, as the form shows it again; nothing where nothing was."""
    return await filled_with(work, (await newest(work, [action.id])).get(action.id))
