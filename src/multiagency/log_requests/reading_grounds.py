"""The closed, dated list of grounds for keeping an entry back or refusing a request."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from multiagency.kernel.clock import now
from multiagency.kernel.database import holds_at
from multiagency.kernel.errors import Invalid
from multiagency.kernel.work import Work
from multiagency.log_requests.models import LogRequestGround


async def grounds_in_force(work: Work, track: str, *, whole: bool) -> Sequence[LogRequestGround]:
    """Return the grounds of a track that hold now, of one entry or of a whole request."""
    moment = now()
    query = (
        select(LogRequestGround)
        .where(LogRequestGround.track == track, LogRequestGround.whole == whole, holds_at(LogRequestGround, moment))
        .order_by(LogRequestGround.code)
    )
    return (await work.session.scalars(query)).all()


async def known_ground(work: Work, track: str, code: str, *, whole: bool) -> LogRequestGround:
    """Return one of them. Raises `Invalid` for any other, also for one of the other track."""
    for ground in await grounds_in_force(work, track, whole=whole):
        if ground.code == code:
            return ground
    raise Invalid.of("ground", "error.not_a_choice" if code else "error.missing", choices="")


async def grounds_by_id(work: Work) -> dict[UUID, LogRequestGround]:
    """Return every ground, also those that are over: a decision keeps the one that it was made on."""
    return {ground.id: ground for ground in await work.session.scalars(select(LogRequestGround))}
