"""What ends seats: whatever ended sight. A seat without a living grant ends; rooms empty, calendars are told."""

from sqlalchemy import Boolean, Column, ColumnElement, Text, Uuid, func, select, update

from multiagency.cases.desk import Desk
from multiagency.cases.events import SightEnded
from multiagency.cases.models import AccessGrant
from multiagency.cases.service_grants import one_at_a_time
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.meetings.models import AgendaItem, Seat
from multiagency.meetings.providers import Way
from multiagency.meetings.providers.choosing import provider_of
from multiagency.meetings.service_emptying import tell_who_leads
from multiagency.meetings.service_invitations import after_seats_ended

_ENDED = (
    *(Column(name, Uuid) for name in ("post_id", "meeting_id", "controller_id")),
    Column("inside", Boolean),
    Column("meeting_reference", Text),
)


async def end_seats(happened: SightEnded) -> None:
    """End every seat of the case without a living grant; of a case that is over, its places on agendas with them.

    The database ends seats, grants and presences in one step, also for somebody who has just lost sight themselves.
    """
    desk = happened.desk
    await desk.work.session.flush()
    if desk.is_over:
        await _leave_agendas(desk)
    way = provider_of(desk.work.tools, desk.case.team_id).way
    ended = func.end_seats_without_grant(desk.case.id, way).table_valued(*_ENDED)
    rows = (await desk.work.session.execute(select(ended))).all()
    for controller_id in sorted({row.controller_id for row in rows}):
        desk.wrote(Kind.MEETING, controller_id=controller_id)
    if rows:
        await after_seats_ended(desk.work, {(row.post_id, row.meeting_id) for row in rows})
    if way is Way.HAND:
        for reference in sorted({row.meeting_reference for row in rows if row.inside}):
            await tell_who_leads(desk.work, desk.case.team_id, reference)


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
