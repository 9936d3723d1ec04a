"""Legal holds: while one lives, nothing of the case is deleted. The database asks for it below the command too."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.reading_first import CaseId, Rows, first
from multiagency.cases.service import scope
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict
from multiagency.kernel.ids import uuid7
from multiagency.storage.forms import HoldForm
from multiagency.storage.models import LegalHold


@dataclass(frozen=True, slots=True)
class HoldView:
    """One hold, opened."""

    reason: str
    set_at: datetime
    lift_reason: str
    lifted_at: datetime | None


async def hold(desk: Desk, form: HoldForm) -> None:
    """Keep everything of the case until the hold is lifted. Raises `Conflict` while one lives already."""
    if await living_hold(desk) is not None:
        raise Conflict("hold.there_is_one")
    row = LegalHold(id=uuid7(), **scope(desk), set_by_id=desk.work.actor.post_id, set_at=now())
    await desk.work.vault.seal(row, reason=form.reason)
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote()


async def lift(desk: Desk, form: HoldForm) -> None:
    """Let the rules of retention hold again. Raises `Conflict` when no hold lives."""
    row = await living_hold(desk)
    if row is None:
        raise Conflict("hold.there_is_none")
    await desk.work.vault.seal(row, lift_reason=form.reason)  # first: a lifted hold takes no further change
    row.lifted_by_id, row.lifted_at = desk.work.actor.post_id, now()
    await desk.work.session.flush()
    desk.wrote()


async def holds_of(desk: Desk) -> list[HoldView]:
    """Return the holds of a case, the newest first."""
    query = select(LegalHold).where(LegalHold.case_id == desk.case.id).order_by(LegalHold.set_at.desc())
    return [
        HoldView(
            await desk.work.vault.open(row, "reason"),
            row.set_at,
            await desk.work.vault.open(row, "lift_reason"),
            row.lifted_at,
        )
        for row in await desk.work.session.scalars(query)
    ]


def holding(case_id: CaseId) -> Rows:
    """Ask for a hold that is not lifted."""
    return select(LegalHold).where(LegalHold.case_id == case_id, LegalHold.lifted_at.is_(None))


async def living_hold(desk: Desk) -> LegalHold | None:
    """Return the hold that keeps everything, if one lives."""
    found: LegalHold | None = await first(desk, holding)
    return found
