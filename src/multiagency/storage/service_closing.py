"""Closing a case: what consent or a ground gave ends because its purpose is fulfilled; everybody's own record stays.

The outcome is asked for because a pathway ends by guiding onward or by finding no further need (domain facts 1.3).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from multiagency.actions import service_attendance as attendance
from multiagency.actions.service_changes import settle_open
from multiagency.cases.desk import Desk
from multiagency.cases.models import Case
from multiagency.cases.questions import MayMove
from multiagency.cases.reading_first import CaseId, Rows, first
from multiagency.cases.service import move, scope
from multiagency.consent.service_prosecution import no_prosecution
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.pathways.definition import DeclaredOutcome, StageKind
from multiagency.pathways.service import not_among
from multiagency.storage.forms import ClosingForm
from multiagency.storage.models import Closing

ENDED = "ended"
"""The outcome of every end before the follow-up was over: its reason is for who steers the case."""


@dataclass(frozen=True, slots=True)
class ClosingView:
    """How a case ended, opened."""

    outcome: str
    target: str
    reason: str
    closed_at: datetime


def outcomes(desk: Desk) -> list[DeclaredOutcome]:
    """Return how the case may end now, along the usual ways of its model; none before its time."""
    model, stage = desk.model, desk.case.stage
    return [
        outcome
        for outcome in model.outcomes
        if model.allows(stage, outcome.stage) and not model.move(stage, outcome.stage).deviates
    ]


async def close(desk: Desk, form: ClosingForm) -> None:
    """Close the case. Raises `Conflict` before its model lets it end so.

    Raises `Invalid` for an outcome without what it needs, and for each open action of which nothing is said.
    """
    offered = {outcome.code: outcome for outcome in outcomes(desk)}
    if not offered:
        raise Conflict("closing.not_yet")
    if errors := not_among("outcome", form.outcome, offered):
        raise Invalid(*errors)
    outcome = offered[form.outcome]
    errors = [FieldError(name, f"closing.{name}_needed") for name in outcome.needs if not getattr(form, name)]
    if outcome.about_prosecution:
        errors += await no_prosecution(desk, "outcome")
    if errors:
        raise Invalid(*errors)
    await settle_open(desk, form.answers)
    moment = now()
    closing = Closing(
        id=uuid7(), **scope(desk), outcome=form.outcome, closed_by_id=desk.work.actor.post_id, closed_at=moment
    )
    await desk.work.vault.seal(closing, target=form.target, reason=form.reason)
    desk.work.session.add(closing)
    await desk.work.session.flush()
    desk.wrote()
    await move(desk, outcome.stage)
    await desk.work.session.flush()


async def wrong_outcome(asked: MayMove) -> list[FieldError]:
    """Veto an outcome that says something else of a period of appointments than was recorded of it."""
    desk = asked.desk
    if desk.model.stage(asked.to).kind is not StageKind.ENDED or not attendance.is_asked(desk):
        return []
    said, result = await newest_closing(desk), (await attendance.period_of(desk)).result
    if said is None or result is None or said.outcome not in attendance.RESULTS or said.outcome == result.what:
        return []
    return [FieldError("outcome", "closing.not_as_recorded")]


def end_of_round(case_id: CaseId) -> Rows:
    """Ask for the end of this round."""
    of_round = or_(Case.round_began_at.is_(None), Closing.closed_at >= Case.round_began_at)
    query = select(Closing).join(Case, Case.id == Closing.case_id).where(Closing.case_id == case_id, of_round)
    return query.order_by(Closing.closed_at.desc())


async def newest_closing(desk: Desk) -> Closing | None:
    """Return the row of the end of this round, if it has one in sight."""
    found: Closing | None = await first(desk, end_of_round)
    return found


async def closing_of(desk: Desk) -> ClosingView | None:
    """Return how the case ended, where that is in sight."""
    row = await newest_closing(desk)
    if row is None:
        return None
    if row.outcome == ENDED:
        return ClosingView(row.outcome, "", "", row.closed_at)
    target, reason = [await desk.work.vault.open(row, column) for column in ("target", "reason")]
    return ClosingView(row.outcome, target, reason, row.closed_at)
