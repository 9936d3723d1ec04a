"""Somebody read a case without a seat at a meeting about it that was to come, and without a task in it."""

from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, DateTime, Uuid, func, or_, select

from multiagency.audit.models import AuditDetail
from multiagency.cases.models import AccessGrant
from multiagency.kernel.access import Capability
from multiagency.kernel.actor import Role
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.oversight.patterns.hits import Hit, grouped
from multiagency.oversight.patterns.thresholds import threshold
from multiagency.people.models import Post

CODE = "no_seat"
_TASKS = (Capability.REFER, Capability.COORDINATE, Capability.CONTRIBUTE, Capability.ACT)
_AT_TABLES = (Role.OFFICER, Role.SOCIAL_WORKER, Role.REPRESENTATIVE, Role.COORDINATOR)


async def find(work: Work, since: datetime) -> list[Hit]:
    """Return who read which case when they had no task in it (to steer, to write, to act) nor were to sit at its table.

    Reading within so many days after the meeting still belongs to the seat.
    """
    row = AuditDetail
    after = timedelta(days=await threshold(work, "no_seat_days_after"))
    ends = func.seat_ends().table_valued(Column("seat_id", Uuid), Column("ends_at", DateTime(timezone=True)))
    tasks = select(AccessGrant.id).where(_held_then(), AccessGrant.capability.in_(_TASKS))
    seats = (
        select(AccessGrant.id)
        .join(ends, ends.c.seat_id == AccessGrant.occasion_id)
        .where(_held_then(), AccessGrant.occasion == "seat", ends.c.ends_at + after >= row.at)
    )
    return await grouped(
        work,
        CODE,
        since,
        await threshold(work, "no_seat_entries"),
        row.mode == Mode.READ,
        row.case_id.is_not(None),
        row.post_id.in_(select(Post.id).where(Post.role.in_(_AT_TABLES))),
        ~tasks.correlate(row).exists(),
        ~seats.correlate(row).exists(),
        by=(row.case_reference,),
    )


def _held_then() -> ColumnElement[bool]:
    """Tell that the reader held the grant when they read."""
    row = AuditDetail
    alive = [or_(end.is_(None), end > row.at) for end in (AccessGrant.valid_to, AccessGrant.ended_at)]
    held = (AccessGrant.post_id == row.post_id) & (AccessGrant.case_id == row.case_id)
    return held & (AccessGrant.valid_from <= row.at) & alive[0] & alive[1]
