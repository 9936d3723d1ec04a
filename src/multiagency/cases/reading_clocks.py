"""The clocks that run for a case in its stage, as its model declares them: until which day it is to have left."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.models import Case, StageMove
from multiagency.cases.reading_first import CaseId, Rows, first
from multiagency.kernel.clock import to_helsinki, today
from multiagency.pathways.clocks import due


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock by its code, and the last day; `late` tells that it has passed."""

    code: str
    due: date
    late: bool


def newest_move(case_id: CaseId) -> Rows:
    """Ask for the newest move of the case, also to another version of its model."""
    return select(StageMove).where(StageMove.case_id == case_id).order_by(StageMove.moved_at.desc())


def arrival(case_id: CaseId) -> Rows:
    """Ask for the move by which the case came into the stage that it is in: from there its clocks run."""
    query = select(StageMove).join(Case, Case.id == StageMove.case_id)
    came = StageMove.came_from.is_distinct_from(StageMove.stage)
    return query.where(Case.id == case_id, StageMove.stage == Case.stage, came).order_by(StageMove.moved_at.desc())


def has_clocks(desk: Desk) -> bool:
    """Tell whether a clock of the model runs in the stage of the case."""
    return any(clock.stage == desk.case.stage for clock in desk.model.clocks)


async def clocks_of(desk: Desk) -> list[ClockView]:
    """Return the clocks that run, in the order of the model."""
    if not has_clocks(desk):
        return []
    came: StageMove | None = await first(desk, arrival)
    return await _views(desk, came.moved_at) if came else []


async def _views(desk: Desk, since: datetime) -> list[ClockView]:
    found = []
    for clock in desk.model.clocks:
        if clock.stage == desk.case.stage:
            last = due(to_helsinki(since).date(), clock.unit, await desk.number(clock.within))
            found.append(ClockView(clock.code, last, last < today()))
    return found
