"""Notes of whoever leads a case, taken while it is handled: their own, and read by who writes its minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from multiagency.cases.desk import Desk, desk_for
from multiagency.cases.models import Case
from multiagency.cases.service import scope
from multiagency.cases.service_coordination import take_up
from multiagency.cases.service_grants import one_at_a_time
from multiagency.cases.service_versions import settle
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, NotVisible
from multiagency.kernel.ids import as_reference, uuid7
from multiagency.kernel.versions import Change, Saved
from multiagency.meetings.forms import ChairNoteForm
from multiagency.meetings.models import AgendaItem, ChairNote
from multiagency.meetings.service_chair import Led, leads
from multiagency.people.models import Person, Post


@dataclass(frozen=True, slots=True)
class ChairNoteView:
    """A note of somebody who led the case."""

    author: str
    saved_at: datetime
    text: str


async def save_note(led: Led, reference: str, form: ChairNoteForm) -> None:
    """Save one's own note about a case that one leads, or led: until its minutes are approved.

    Raises `NotVisible` where the chair has no seat there, `Conflict` where the minutes are approved, and `Stale` where
    it was saved at another window meanwhile.
    """
    work = led.work
    desk, item = await _place(led, reference)
    if not may_note(led, desk, item, mine=await leads(work, led.meeting, item)):
        raise NotVisible
    if item.discussed_at is not None:
        raise Conflict("minutes.approved_already")
    await one_at_a_time(work, desk.case)
    await settle(work, await saved_note(led, desk, item), {"text": form.text})
    note = await _own(desk, item) or ChairNote(
        id=uuid7(), **scope(desk), agenda_item_id=item.id, author_id=work.actor.post_id
    )
    note.saved_at = now()
    await work.vault.seal(note, text=form.text or None)
    work.session.add(note)
    await work.session.flush()
    desk.wrote(Kind.MINUTES)


async def _place(led: Led, reference: str) -> tuple[Desk, AgendaItem]:
    """Return a case on this agenda that is in sight. Raises `NotVisible`."""
    await take_up(led.work, wanted := as_reference(reference))
    query = (
        select(AgendaItem, Case)
        .join(Case, Case.id == AgendaItem.case_id)
        .where(AgendaItem.meeting_id == led.meeting.id, AgendaItem.ended_at.is_(None), Case.reference == wanted)
    )
    row = (await led.work.session.execute(query)).one_or_none()
    if row is None:
        raise NotVisible
    return await desk_for(led.work, row[1]), row[0]


def may_note(led: Led, desk: Desk, item: AgendaItem, *, mine: bool) -> bool:
    """Tell whether the actor may note something there: who leads it or writes its minutes, and sees what is said."""
    return Kind.MINUTES in desk.kinds and (mine or desk.may(Act.RECORD_MINUTES)) and item.ended_at is None


async def saved_note(led: Led, desk: Desk, item: AgendaItem) -> Saved:
    """Return one's own note as it stands."""
    note, about = await _own(desk, item), f"note:{item.id}:{led.work.actor.post_id}"
    if note is None:
        return Saved(about, {"text": ""})
    text = {"text": await led.work.vault.open(note, "text")}
    return Saved(about, text, {"text": Change(note.author_id, note.saved_at)})


async def for_minutes(desk: Desk, item: AgendaItem, *, own: bool = True) -> Sequence[ChairNoteView]:
    """Return what was noted by those who led the case, for whoever writes its minutes; one's own too, or not."""
    work = desk.work
    if not desk.may(Act.RECORD_MINUTES) or Kind.MINUTES not in desk.kinds:
        return ()
    query = (
        select(ChairNote, Person.name)
        .join(Post, Post.id == ChairNote.author_id)
        .join(Person, Person.id == Post.person_id)
        .where(ChairNote.agenda_item_id == item.id, ChairNote.text.is_not(None))
        .order_by(ChairNote.saved_at)
    )
    rows = (await work.session.execute(query)).all()
    shown = [(note, name) for note, name in rows if own or note.author_id != work.actor.post_id]
    return [ChairNoteView(name, note.saved_at, await work.vault.open(note, "text")) for note, name in shown]


async def _own(desk: Desk, item: AgendaItem) -> ChairNote | None:
    query = select(ChairNote).where(ChairNote.agenda_item_id == item.id, ChairNote.author_id == desk.work.actor.post_id)
    return await desk.work.session.scalar(query)
