"""What a withdrawn consent does to meetings: the agenda item and its seats end, rooms empty, calendars are told."""

from sqlalchemy import select, update

from multiagency.cases.events import ConsentWithdrawn
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.work import Work
from multiagency.meetings.invitations import after_seats_ended
from multiagency.meetings.models import AgendaItem, Meeting, Presence, Seat
from multiagency.people.models import Post


async def end_seats(work: Work, happened: ConsentWithdrawn) -> None:
    """End everything that the case had at any table, then tell each person's calendar what is left for them."""
    case = happened.desk.case
    seated = select(Seat.post_id, AgendaItem.meeting_id).join(AgendaItem, AgendaItem.id == Seat.agenda_item_id)
    told = (await work.session.execute(seated.where(Seat.case_id == case.id, Seat.ended_at.is_(None)))).all()
    moment, quietly = now(), {"synchronize_session": False}
    for table in (Seat, AgendaItem):
        living = update(table).where(table.case_id == case.id, table.ended_at.is_(None))
        await work.session.execute(living.values(ended_at=moment), execution_options=quietly)
    inside = update(Presence).where(Presence.case_id == case.id, Presence.left_at.is_(None))
    await work.session.execute(inside.values(left_at=moment), execution_options=quietly)
    happened.desk.wrote(Kind.MEETING)
    for post_id, meeting_id in sorted(told):
        meeting = await work.session.get_one(Meeting, meeting_id)
        if meeting.state == "open" and meeting.ends_at > moment:
            await after_seats_ended(work, meeting, await work.session.get_one(Post, post_id))
