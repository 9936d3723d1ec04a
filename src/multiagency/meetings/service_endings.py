"""What ends seats: whatever ended sight. A seat without a living grant ends; rooms empty, calendars are told."""

from sqlalchemy import Column, ColumnElement, Uuid, func, select, update

from multiagency.cases.desk import Desk
from multiagency.cases.events import SightEnded
from multiagency.cases.models import AccessGrant
from multiagency.cases.service_grants import one_at_a_time
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.meetings.models import AgendaItem, Seat
from multiagency.meetings.service_invitations import after_seats_ended


async def end_seats(happened: SightEnded) -> None:
    """End every seat of the case without a living grant; of a case that is over, its places on agendas with them.

    The database ends seats, grants and presences in one step, also for somebody who has just lost sight themselves.
    """
    desk = happened.desk
    await desk.work.session.flush()
    if desk.is_over:
        await _leave_agendas(desk)
    ended = func.end_seats_without_grant(desk.case.id).table_valued(
        Column("post_id", Uuid), Column("meeting_id", Uuid), Column("controller_id", Uuid)
    )
    rows = [tuple(row) for row in (await desk.work.session.execute(select(ended))).all()]
    for controller_id in sorted({controller_id for _, _, controller_id in rows}):
        desk.wrote(Kind.MEETING, controller_id=controller_id)
    if rows:
        await after_seats_ended(desk.work, {(post_id, meeting_id) for post_id, meeting_id, _ in rows})


async def take_back(desk: Desk, which: ColumnElement[bool]) -> None:
    """End these seats of the case though their basis lives: what was given on them ends, and so do they."""
    await one_at_a_time(desk.work, desk.case)
    seats = select(Seat.id).where(Seat.case_id == desk.case.id, Seat.ended_at.is_(None), which)
    given = update(AccessGrant).where(AccessGrant.occasion == "seat", AccessGrant.occasion_id.in_(seats))
    ended = given.where(AccessGrant.case_id == desk.case.id, AccessGrant.ended_at.is_(None)).values(ended_at=now())
    await desk.work.session.execute(ended, execution_options={"synchronize_session": False})
    await desk.work.publish(SightEnded(desk))


async def _leave_agendas(desk: Desk) -> None:
    living = update(AgendaItem).where(AgendaItem.case_id == desk.case.id, AgendaItem.ended_at.is_(None))
    await desk.work.session.execute(living.values(ended_at=now()), execution_options={"synchronize_session": False})
    desk.wrote(Kind.MEETING)
