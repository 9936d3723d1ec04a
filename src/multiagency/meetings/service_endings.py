"""What ends seats: a withdrawn consent all of a case or one agency's, the closing all of it, a bar one person's.

A consent that ends while the case goes on ends those that rest on it.

Rooms empty, calendars are told.
"""

from sqlalchemy import ColumnElement, Update, select, true, update

from multiagency.cases.desk import Desk
from multiagency.cases.events import (
    CaseMoved,
    ConsentEnded,
    ConsentWithdrawn,
    PersonBarred,
    RecipientWithdrawn,
)
from multiagency.cases.models import AccessGrant
from multiagency.cases.reading_holders import living
from multiagency.cases.service_grants import one_at_a_time
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.meetings.models import AgendaItem, Meeting, Presence, Seat
from multiagency.meetings.service_invitations import after_seats_ended
from multiagency.people.models import Post

_QUIETLY = {"synchronize_session": False}


async def end_seats_of_closed(happened: CaseMoved) -> None:
    """End everything that a closed case had at any table."""
    if happened.to == "closed":
        await end_all_seats(happened)


async def end_all_seats(happened: ConsentWithdrawn | CaseMoved) -> None:
    """End everything that the case had at any table."""
    living = update(AgendaItem).where(AgendaItem.case_id == happened.desk.case.id, AgendaItem.ended_at.is_(None))
    await _end_seats(happened.desk, true(), living.values(ended_at=now()))


async def end_seats_without_basis(happened: ConsentEnded) -> None:
    """End the seats that rest on nothing any more; the case keeps its place on the agenda, and who sits on a ground."""
    seats = living(happened.desk).with_only_columns(AccessGrant.occasion_id)
    alive = seats.where(AccessGrant.occasion == "seat", AccessGrant.occasion_id.is_not(None))
    await _end_seats(happened.desk, Seat.id.not_in(alive))


async def end_seats_of_agency(happened: RecipientWithdrawn) -> None:
    """End the seats that one agency's posts have at this case; the others at the table keep theirs."""
    theirs = Seat.post_id.in_(select(Post.id).where(Post.agency_id == happened.agency_id))
    await _end_seats(happened.desk, theirs)


async def end_seats_of_person(happened: PersonBarred) -> None:
    """End the seats that one person has at this case; in other cases they keep theirs."""
    theirs = Seat.post_id.in_(select(Post.id).where(Post.person_id == happened.person_id))
    await _end_seats(happened.desk, theirs)


async def take_back(desk: Desk, which: ColumnElement[bool]) -> None:
    """End these seats of the case though their basis lives: the grants given on them first, then what sits there."""
    await one_at_a_time(desk.work, desk.case)
    seats = select(Seat.id).where(Seat.case_id == desk.case.id, Seat.ended_at.is_(None), which)
    given = update(AccessGrant).where(AccessGrant.occasion == "seat", AccessGrant.occasion_id.in_(seats))
    ended = given.where(AccessGrant.case_id == desk.case.id, AccessGrant.ended_at.is_(None)).values(ended_at=now())
    await desk.work.session.execute(ended, execution_options=_QUIETLY)
    await _end_seats(desk, which)


async def _end_seats(desk: Desk, which: ColumnElement[bool], *more: Update) -> None:
    """End these seats of the case, empty the rooms of them, then tell each calendar what is left for its owner."""
    session, moment = desk.work.session, now()
    living = select(Seat.id, Seat.post_id, AgendaItem.meeting_id).join(AgendaItem, AgendaItem.id == Seat.agenda_item_id)
    ended = (await session.execute(living.where(Seat.case_id == desk.case.id, Seat.ended_at.is_(None), which))).all()
    ids = [seat_id for seat_id, _, _ in ended]
    for statement in (
        update(Seat).where(Seat.id.in_(ids)).values(ended_at=moment),
        update(Presence).where(Presence.seat_id.in_(ids), Presence.left_at.is_(None)).values(left_at=moment),
        *more,
    ):
        await session.execute(statement, execution_options=_QUIETLY)
    controllers = await session.scalars(select(AgendaItem.controller_id).where(AgendaItem.case_id == desk.case.id))
    for controller_id in set(controllers) or {desk.case.controller_id}:
        desk.wrote(Kind.MEETING, controller_id=controller_id)
    for post_id, meeting_id in sorted((post_id, meeting_id) for _, post_id, meeting_id in ended):
        meeting = await session.get(Meeting, meeting_id)  # not in the sight of somebody who was never invited to it
        if meeting is not None and meeting.state == "open" and meeting.ends_at > moment:
            await after_seats_ended(desk.work, meeting, await session.get_one(Post, post_id))
