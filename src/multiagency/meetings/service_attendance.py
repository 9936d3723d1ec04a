"""Who cannot come and what their agency tells instead, who only listens, and a case that nobody is there to present."""

from datetime import datetime

from sqlalchemy import func, select

from multiagency.cases.desk import Desk, desk_for, rest_on_grants
from multiagency.cases.models import Case
from multiagency.cases.reading_holders import posts_that_may
from multiagency.cases.service import scope
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, NotVisible
from multiagency.kernel.ids import as_reference, uuid7
from multiagency.kernel.work import Work
from multiagency.meetings.forms import InsteadSentForm, ObserverForm
from multiagency.meetings.models import AgendaItem, Invitation, Meeting, Seat, SentInstead
from multiagency.meetings.models_rooms import Presence
from multiagency.meetings.service import agenda_item, desk_of
from multiagency.meetings.service_invitations import meeting_of, seats_of
from multiagency.meetings.service_states import ENDED
from multiagency.people.models import Post
from multiagency.people.service_notices import tell


async def send_instead(work: Work, invitation: Invitation, reference: str, form: InsteadSentForm) -> None:
    """Say that one cannot come to a case at which one has a seat, and tell its table what one's agency knows.

    The table hears what it would have heard in the room: whoever sits there, and nobody else. Raises `NotVisible`
    without a living seat there, `Conflict` once the minutes are approved or the meeting is not held.
    """
    meeting = await meeting_of(work, invitation)
    desk, seat, item = await own_place(work, meeting, reference)
    if meeting.state in ENDED:
        raise Conflict(f"meeting.was_{meeting.state}")
    if item.discussed_at is not None:
        raise Conflict("minutes.approved_already")
    if Kind.MINUTES not in desk.kinds:
        raise Conflict("case.nothing_shared")
    sent = SentInstead(id=uuid7(), **scope(desk), seat_id=seat.id, sent_at=now())
    await work.vault.seal(sent, text=form.text or None)
    work.session.add(sent)
    await work.session.flush()
    desk.wrote(Kind.MINUTES)
    if form.text:
        for agency_id in await _agencies_there(work, item):
            desk.disclosed(Kind.MINUTES, recipient_id=agency_id, basis="seat")


async def when_sent(work: Work, meeting: Meeting, reference: str) -> tuple[datetime | None, bool]:
    """Return when one last said so, and whether it is too late to: the minutes are approved."""
    query = (
        select(AgendaItem.discussed_at, func.max(SentInstead.sent_at))
        .join(Seat, Seat.agenda_item_id == AgendaItem.id)
        .join(Case, Case.id == AgendaItem.case_id)
        .outerjoin(SentInstead, SentInstead.seat_id == Seat.id)
        .where(AgendaItem.meeting_id == meeting.id, Case.reference == as_reference(reference))
        .where(Seat.post_id == work.actor.post_id, Seat.ended_at.is_(None))
        .group_by(AgendaItem.discussed_at)
    )
    discussed, last = (await work.session.execute(query)).one()
    return last, discussed is not None


async def own_place(work: Work, meeting: Meeting, reference: str) -> tuple[Desk, Seat, AgendaItem]:
    """Return the desk of a case at which the actor has a living seat, with it. Raises `NotVisible`."""
    case = await work.session.scalar(select(Case).where(Case.reference == as_reference(reference)))
    seats = await seats_of(work, meeting.id)
    place = next(((seat, item) for seat, item in seats if case is not None and item.case_id == case.id), None)
    if case is None or place is None:
        raise NotVisible
    await rest_on_grants(work, [case])
    return await desk_for(work, case), *place


async def _agencies_there(work: Work, item: AgendaItem) -> list[object]:
    query = (
        select(Post.agency_id)
        .join(Seat, Seat.post_id == Post.id)
        .where(Seat.agenda_item_id == item.id, Seat.ended_at.is_(None), Post.agency_id != work.actor.agency_id)
        .distinct()
        .order_by(Post.agency_id)
    )
    return list(await work.session.scalars(query))


async def let_observe(work: Work, meeting: Meeting, reference: str, form: ObserverForm) -> None:
    """Say that whoever has a seat there only listens, or takes part after all. Raises `Conflict` without a seat."""
    desk = await desk_of(work, reference)
    item = await agenda_item(work, meeting, desk)
    query = select(Seat).where(Seat.agenda_item_id == item.id, Seat.post_id == form.post, Seat.ended_at.is_(None))
    seat = await work.session.scalar(query)
    if seat is None:
        raise Conflict("meeting.no_such_seat")
    seat.observes = form.observes
    await work.session.flush()
    desk.wrote(Kind.MEETING, controller_id=seat.controller_id)


async def must_lack_referrer(desk: Desk, item: AgendaItem) -> None:
    """Raise `Conflict` where whoever referred the case has been in its room, or told the table something (F52)."""
    work = desk.work
    referring = {post.id for post in await posts_that_may(work, desk.case.id, Capability.REFER)}
    theirs = select(Seat.id).where(Seat.agenda_item_id == item.id, Seat.post_id.in_(referring))
    came = await work.session.scalar(select(Presence.id).where(Presence.seat_id.in_(theirs)).limit(1))
    told = select(SentInstead.id).where(SentInstead.seat_id.in_(theirs), SentInstead.text.is_not(None)).limit(1)
    if came is not None or await work.session.scalar(told) is not None:
        raise Conflict("chair.referrer_here")


async def tell_referrers(desk: Desk) -> None:
    """Tell whoever referred the case that it was put off because nobody presented it."""
    posts = await posts_that_may(desk.work, desk.case.id, Capability.REFER)
    await tell(desk.work, posts, "case_put_off", f"/cases/{desk.case.reference}", desk.case.id)
