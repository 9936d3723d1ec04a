"""A protected address (661/2009 section 36): whoever was seated before it is looked at again."""

from sqlalchemy import literal, select

from multiagency.cases.reading_holders import posts_that_may
from multiagency.kernel.access import Capability
from multiagency.kernel.clock import now
from multiagency.meetings.models import Seat
from multiagency.meetings.reading import places
from multiagency.people.service_notices import tell
from multiagency.safeguards.events import AddressProtected


async def look_at_seats(happened: AddressProtected) -> None:
    """Tell whoever coordinates the case of each meeting to come at which somebody has a seat already.

    The seats stay: they never show an address, and whether their holders may know of the meeting is for people to say.
    """
    desk = happened.desk
    coming = [
        (item, meeting)
        for item, meeting in await desk.work.session.execute(places(literal(desk.case.id)))
        if meeting.ends_at > now()
    ]
    seated = select(Seat.agenda_item_id).where(Seat.case_id == desk.case.id, Seat.ended_at.is_(None))
    items = set(await desk.work.session.scalars(seated))
    posts = await posts_that_may(desk.work, desk.case.id, Capability.COORDINATE)
    for item, meeting in coming:
        if item.id in items:
            place = f"/meetings/{meeting.reference}/cases/{desk.case.reference}/seats"
            await tell(desk.work, posts, "address_protected", place, desk.case.id)
