"""The honest end of a case that should not go on: a duplicate, a mistake, a death, a move, no longer wanted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from multiagency.actions.service_changes import settle_open
from multiagency.cases.desk import Desk
from multiagency.cases.models import Case
from multiagency.cases.service import move_on, scope
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.ids import as_reference, uuid7
from multiagency.pathways.definition import StageKind
from multiagency.risk.reading import read_assessment
from multiagency.storage.forms import EarlyEndForm
from multiagency.storage.models import Closing
from multiagency.storage.service_closing import ENDED, newest_closing


@dataclass(frozen=True, slots=True)
class EndingView:
    """How a case ended early; `same_as` is empty without sight of both, and then `why` says no more than that."""

    why: str
    same_as: str
    words: str
    ended_at: datetime


def may_end(desk: Desk) -> bool:
    """Tell whether the case can be ended now: until it is over."""
    return desk.model.next_of(desk.case.stage, StageKind.ENDED) is not None


async def end(desk: Desk, form: EarlyEndForm) -> None:
    """End the case with its reason; sight, seats and calendars end as at every end.

    Raises `Conflict` when it is over, `Invalid` for a duplicate of no other case in sight, without words where a ground
    carries the case, and for each open action of which nothing is said.
    """
    if not may_end(desk):
        raise Conflict("ending.over_already")
    await _must_be_reasoned(desk, form)
    same_as = await _other(desk, form)
    await settle_open(desk, form.answers)
    moment = now()
    row = Closing(id=uuid7(), **scope(desk), outcome=ENDED, closed_by_id=desk.work.actor.post_id, closed_at=moment)
    await desk.work.vault.seal(row, why=form.why, same_as=same_as, reason=form.words)
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote()
    await move_on(desk, StageKind.ENDED, form.why)
    await desk.work.session.flush()


async def _must_be_reasoned(desk: Desk, form: EarlyEndForm) -> None:
    """Raise `Invalid` without a reason in words where an assessment in sight carries the case (fact F16).

    A duplicate goes on under its other reference.
    """
    view = await read_assessment(desk) if form.why != "duplicate" and not form.words else None
    if view is not None and (view.carries or view.grounds):
        raise Invalid.of("words", "ending.words_needed")


async def _other(desk: Desk, form: EarlyEndForm) -> str:
    if form.why != "duplicate":
        return ""
    if not form.same_as:
        raise Invalid.of("same_as", "error.missing")
    other = await _visible(desk, as_reference(form.same_as))
    if other is None or other.id == desk.case.id:
        raise Invalid.of("same_as", "error.unknown_case")
    return other.reference


async def _visible(desk: Desk, reference: str) -> Case | None:
    return await desk.work.session.scalar(select(Case).where(Case.reference == reference))


async def ending_of(desk: Desk) -> EndingView | None:
    """Return how the case ended early, as far as the actor may know: a duplicate only with sight of both."""
    row = await newest_closing(desk)
    if row is None or row.outcome != ENDED:
        return None
    opened = {column: await desk.work.vault.open(row, column) for column in ("why", "same_as", "reason")}
    if opened["same_as"] and await _visible(desk, opened["same_as"]) is None:
        return EndingView(ENDED, "", "", row.closed_at)
    return EndingView(opened["why"], opened["same_as"], opened["reason"], row.closed_at)
