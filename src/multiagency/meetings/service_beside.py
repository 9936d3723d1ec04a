"""The client takes part in their own case, remotely and never alone: beside a professional who sits there.

Off by default (`client_takes_part_remotely`, fact F67 and marak.md requirement 45); who agreed to a text that did not
say so has not agreed to it.
"""

from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.service import scope
from multiagency.consent.wording import lets
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.work import Work
from multiagency.meetings.forms import BesideForm, NotBesideForm
from multiagency.meetings.models import AgendaItem, ClientBeside, Meeting, Presence, Seat
from multiagency.meetings.service import agenda_item, desk_of
from multiagency.meetings.service_states import must_not_be_over
from multiagency.people.models import Agency, Post

REMOTELY = "client_takes_part_remotely"


async def arrange(work: Work, meeting: Meeting, form: BesideForm) -> None:
    """Let the client take part beside this post; who was named before is not any more.

    Raises `Conflict` when the team does not let clients take part or this one has not agreed to it in so many words,
    and once the meeting is over; `Invalid` for a post that has no seat at the case.
    """
    must_not_be_over(meeting)
    desk = await desk_of(work, form.case)
    item = await agenda_item(work, meeting, desk)
    if await desk.number(REMOTELY) != 1:
        raise Conflict("beside.off")
    if not await lets(desk, REMOTELY):
        raise Conflict("beside.not_agreed")
    theirs = (Seat.agenda_item_id == item.id, Seat.case_id == desk.case.id, Seat.post_id == form.post)
    seat = await work.session.scalar(select(Seat).where(*theirs, Seat.ended_at.is_(None)))
    if seat is None:
        raise Invalid.of("post", "beside.no_seat")
    await _end(desk, item)
    named = {"agenda_item_id": item.id, "seat_id": seat.id, "arranged_by_id": work.actor.post_id, "arranged_at": now()}
    work.session.add(ClientBeside(id=uuid7(), **scope(desk), **named))
    await work.session.flush()
    desk.wrote(Kind.MEETING)


async def take_back(work: Work, meeting: Meeting, form: NotBesideForm) -> None:
    """Say that the client does not take part after all. Raises `Conflict` when nothing was arranged."""
    desk = await desk_of(work, form.case)
    if not await _end(desk, await agenda_item(work, meeting, desk)):
        raise Conflict("beside.not_arranged")
    desk.wrote(Kind.MEETING)


async def _end(desk: Desk, item: AgendaItem) -> bool:
    living = select(ClientBeside).where(ClientBeside.agenda_item_id == item.id, ClientBeside.case_id == desk.case.id)
    row = await desk.work.session.scalar(living.where(ClientBeside.ended_at.is_(None)))
    if row is None:
        return False
    row.ended_at = now()
    await desk.work.session.flush()
    return True


async def beside(work: Work, item_id: UUID) -> tuple[UUID, str, str] | None:
    """Return beside whom the client takes part: post, agency and title; None where they do not."""
    query = (
        select(Post, Agency)
        .join(Seat, Seat.post_id == Post.id)
        .join(Agency, Agency.id == Post.agency_id)
        .join(ClientBeside, ClientBeside.seat_id == Seat.id)
        .where(ClientBeside.agenda_item_id == item_id, ClientBeside.ended_at.is_(None), Seat.ended_at.is_(None))
    )
    row = (await work.session.execute(query)).one_or_none()
    return None if row is None else (row.Post.id, row.Agency.name(work.actor.language), row.Post.title)


async def must_not_show_another(work: Work, meeting_id: UUID, item_id: UUID) -> None:
    """Raise `Conflict` while the client of another case sits beside the actor: their screen shows that case alone."""
    query = (
        select(ClientBeside.id)
        .join(Seat, Seat.id == ClientBeside.seat_id)
        .join(Presence, Presence.seat_id == Seat.id)
        .join(AgendaItem, AgendaItem.id == ClientBeside.agenda_item_id)
        .where(Seat.post_id == work.actor.post_id, Seat.ended_at.is_(None), Presence.left_at.is_(None))
        .where(ClientBeside.ended_at.is_(None), AgendaItem.meeting_id == meeting_id, AgendaItem.id != item_id)
    )
    if await work.session.scalar(query) is not None:
        raise Conflict("beside.leave_first")
