"""The client takes part in their own case, remotely and never alone: beside a professional who sits there.

Off by default (`client_takes_part_remotely`, fact F67 and marak.md requirement 45); who agreed to a text that did not
say so has not agreed to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from multiagency.cases.desk import Desk
from multiagency.cases.models import SafeContact
from multiagency.cases.service import scope
from multiagency.consent.wording import lets
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.work import Work
from multiagency.meetings.forms import BesideForm, NotBesideForm
from multiagency.meetings.models import AgendaItem, Meeting, Seat
from multiagency.meetings.models_rooms import ClientBeside, Presence
from multiagency.meetings.service import agenda_item, desk_of
from multiagency.meetings.service_states import must_not_be_over
from multiagency.people.models import Agency, Person, Post

REMOTELY = "client_takes_part_remotely"


@dataclass(frozen=True, slots=True)
class BesideView:
    """Beside whom the client takes part: post, agency and title; and the post that interprets, where one does."""

    post: UUID
    agency: str
    title: str
    interpreter: UUID | None


async def arrange(work: Work, meeting: Meeting, form: BesideForm) -> None:
    """Let the client take part beside this post; who was named before is not any more.

    Raises `Conflict` when the team does not let clients take part or this one has not agreed to it in so many words,
    and once the meeting is over; `Invalid` for posts without a seat at the case, and for an interpreter of whom nobody
    has made sure that they may interpret.
    """
    must_not_be_over(meeting)
    desk = await desk_of(work, form.case)
    item = await agenda_item(work, meeting, desk)
    if await desk.number(REMOTELY) != 1:
        raise Conflict("beside.off")
    if not await lets(desk, REMOTELY):
        raise Conflict("beside.not_agreed")
    living = select(Seat).where(Seat.agenda_item_id == item.id, Seat.case_id == desk.case.id, Seat.ended_at.is_(None))
    seats = {seat.post_id: seat.id for seat in await work.session.scalars(living)}
    if form.beside not in seats:
        raise Invalid.of("beside", "beside.no_seat")
    if form.interpreter is not None:
        await _must_be_checked(desk, form, seats)
    await _end(desk, item)
    named = {
        "seat_id": seats[form.beside],
        "interpreter_seat_id": seats[form.interpreter] if form.interpreter else None,
    }
    row = ClientBeside(id=uuid7(), **scope(desk), **named, agenda_item_id=item.id)
    row.arranged_by_id, row.arranged_at = work.actor.post_id, now()
    work.session.add(row)
    await work.session.flush()
    desk.wrote(Kind.MEETING)


async def _must_be_checked(desk: Desk, form: BesideForm, seats: Mapping[UUID, UUID]) -> None:
    """Raise `Invalid` for an interpreter who must not interpret, as far as that can be known here.

    Whom the client fears is told in words, and mostly to their own worker alone: so it is asked each time, and where
    the words are in sight no name that stands in them is taken. A bar keeps its person from any seat.
    """
    if form.interpreter not in seats or form.interpreter == form.beside:
        raise Invalid.of("interpreter", "beside.no_seat")
    if not form.checked:
        raise Invalid.of("checked", "beside.check_interpreter")
    who = select(Person.name).join(Post, Post.person_id == Person.id).where(Post.id == form.interpreter)
    name = await desk.work.session.scalar(who) or ""
    feared = (await must_not_interpret(desk)).casefold()
    if feared and any(part.casefold() in feared for part in name.split()):
        raise Invalid.of("interpreter", "beside.must_not_interpret")


async def must_not_interpret(desk: Desk) -> str:
    """Return whom the client does not want as an interpreter; empty where nothing is said, or not to the actor."""
    if Kind.CONTACT not in desk.kinds:
        return ""
    contact = await desk.work.session.scalar(select(SafeContact).where(SafeContact.case_id == desk.case.id))
    if contact is None:
        return ""
    return await desk.work.vault.open(contact, "must_not_interpret")


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


async def beside(work: Work, item_id: UUID) -> BesideView | None:
    """Return beside whom the client takes part; None where they do not."""
    interpreter = aliased(Seat)
    query = (
        select(Post, Agency, interpreter.post_id.label("interpreter"))
        .join(Seat, Seat.post_id == Post.id)
        .join(Agency, Agency.id == Post.agency_id)
        .join(ClientBeside, ClientBeside.seat_id == Seat.id)
        .outerjoin(interpreter, (interpreter.id == ClientBeside.interpreter_seat_id) & interpreter.ended_at.is_(None))
        .where(ClientBeside.agenda_item_id == item_id, ClientBeside.ended_at.is_(None), Seat.ended_at.is_(None))
    )
    row = (await work.session.execute(query)).one_or_none()
    if row is None:
        return None
    return BesideView(row.Post.id, row.Agency.name(work.actor.language), row.Post.title, row.interpreter)


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
