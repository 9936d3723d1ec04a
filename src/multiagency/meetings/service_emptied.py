"""What whoever leads a meeting says about its rooms: that they have left who were to leave."""

from sqlalchemy import select, update

from multiagency.cases.desk import desk_for
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.ids import as_reference
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings.forms import EmptiedForm
from multiagency.meetings.models import Meeting, Seat
from multiagency.meetings.models_rooms import Presence, RoomCall
from multiagency.meetings.service_agenda import own_items
from multiagency.meetings.service_emptying import rooms_place
from multiagency.people.service_notices import settle


async def emptied(work: Work, meeting: Meeting, form: EmptiedForm) -> None:
    """Say that all have left who were to be put out; with a case, all of that case the team's lasting room.

    Raises `Conflict` when nobody is awaited to leave, `Invalid` for a case that is not on the agenda.
    """
    if form.case:
        await _left_lasting_room(work, meeting, form.case)
        return
    waiting = update(RoomCall).where(RoomCall.meeting_id == meeting.id, RoomCall.told_at.is_not(None))
    said = waiting.where(RoomCall.settled_at.is_(None)).values(settled_at=now(), settled_by_id=work.actor.post_id)
    done = await work.session.execute(said.returning(RoomCall.id), execution_options={"synchronize_session": False})
    if not done.all():
        raise Conflict("rooms.nobody_awaited")
    await settle(work, rooms_place(meeting.reference), "room_not_emptied")
    work.record(Mode.WRITE)


async def _left_lasting_room(work: Work, meeting: Meeting, reference: str) -> None:
    items = await own_items(work, meeting)
    found = next(((item, case) for item, case in items if case.reference == as_reference(reference)), None)
    if found is None:
        raise Invalid.of("case", "error.unknown_case")
    item, case = found
    seats = select(Seat.id).where(Seat.agenda_item_id == item.id, Seat.case_id == case.id)
    inside = await work.session.scalars(
        select(Presence).where(Presence.case_id == case.id, Presence.seat_id.in_(seats), Presence.emptied_at.is_(None))
    )
    for presence in inside:
        presence.emptied_at, presence.left_at = now(), presence.left_at or now()
    (await desk_for(work, case)).wrote(Kind.MEETING)
