"""The moves of a case that no other act leads along: from stage to stage of its model, by whoever coordinates it.

Submission, a meeting and its minutes, a closing, a withdrawal and a new round move a case by themselves.
"""

from dataclasses import dataclass

from multiagency.cases.desk import Desk
from multiagency.cases.forms import MoveForm
from multiagency.cases.service import missing, move
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.pathways.definition import Move, StageKind
from multiagency.pathways.service import not_among

_BY_HAND = (StageKind.OPEN, StageKind.FOLLOW_UP)
"""Between stages of these kinds nothing else happens."""


@dataclass(frozen=True, slots=True)
class WayView:
    """A way that the case may go by hand, and what is missing before it can."""

    to: str
    deviates: bool
    missing: list[FieldError]


def ways(desk: Desk) -> list[Move]:
    """Return the ways on which the case may be sent from its stage, in the order of its model."""
    if not desk.stands(*_BY_HAND):
        return []
    return [way for way in desk.model.ways_from(desk.case.stage) if desk.model.stage(way.to).kind in _BY_HAND]


async def views(desk: Desk) -> list[WayView]:
    """Return these ways with what each still wants."""
    return [WayView(way.to, way.deviates, await missing(desk, way.to)) for way in ways(desk)]


async def send(desk: Desk, form: MoveForm) -> None:
    """Move the case on.

    Raises `Invalid` for a stage that is no such way from here, with all that is missing, and for a deviation from the
    model without a reason.
    """
    if errors := not_among("to", form.to, [way.to for way in ways(desk)]):
        raise Invalid(*errors)
    await move(desk, form.to, form.reason)
    await desk.work.session.flush()
    desk.wrote()
