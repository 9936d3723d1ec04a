"""Review notes: what an auditor concluded, beside the entry it is about; nobody writes about their own acts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from multiagency.audit.entries import log_key_class
from multiagency.audit.models import AuditDetail
from multiagency.audit.reading import EntryView
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid, NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.oversight import patterns
from multiagency.oversight import reading as service
from multiagency.oversight.forms import NoteForm
from multiagency.oversight.models import ReviewNote
from multiagency.people.models import Person, Post

FIELD = "review_note.note"


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note, opened. `rule` is empty for one on the entry alone."""

    id: UUID
    entry: UUID
    rule: str
    conclusion: str
    note: str
    author: str
    at: datetime


async def add(work: Work, entry_id: UUID, form: NoteForm) -> UUID:
    """Write a note on an entry; return its id.

    Raises `NotVisible` for no entry, `Invalid` for an unknown rule, `Conflict` for an entry whose detail was erased and
    for what the auditor did themselves: that is for another auditor to review.
    """
    view = await entry(work, entry_id)
    if form.rule and form.rule not in patterns.BY_CODE:
        raise Invalid.of("rule", "error.not_a_choice")
    plain = await work.session.get(AuditDetail, entry_id)
    if view.erased or plain is None:
        raise Conflict("log.note.erased")
    if str(work.actor.person_id) in {str(plain.person_id), _person(view)}:
        raise Conflict("log.note.own_act")
    moment, note_id = now(), uuid7()
    key = await work.vault.key_for(None, None, log_key_class(moment))
    row = ReviewNote(
        id=note_id,
        entry_id=entry_id,
        rule=form.rule or None,
        conclusion=form.conclusion,
        note=key.seal(FIELD, note_id, form.note),
        author_id=work.actor.post_id,
        at=moment,
    )
    work.session.add(row)
    await work.session.flush()
    _record(work, Mode.WRITE, view)
    return note_id


def _person(view: EntryView) -> str:
    actor = (view.detail or {}).get("actor") or {}
    return str(actor.get("person", ""))


async def entry(work: Work, entry_id: UUID) -> EntryView:
    """Return one entry, logged under its case. Raises `NotVisible` when there is none."""
    view = (await service.those(work, [entry_id])).get(entry_id)
    if view is None:
        raise NotVisible
    _record(work, Mode.READ, view)
    return view


def _record(work: Work, mode: Mode, view: EntryView) -> None:
    about = view.detail or {}
    case = about.get("case")
    work.record(mode, case_id=UUID(case) if case else None, case_reference=about.get("case_reference"))


async def of(work: Work, entries: Collection[UUID], rule: str = "") -> list[NoteView]:
    """Return the notes on these entries, or on the pattern of a rule; the oldest first. The caller logs it."""
    query = (
        select(ReviewNote, Person.name, Post.title)
        .join(Post, Post.id == ReviewNote.author_id)
        .join(Person, Person.id == Post.person_id)
        .where(ReviewNote.entry_id.in_(entries))
        .order_by(ReviewNote.id)
    )
    if rule:
        query = query.where(ReviewNote.rule == rule)
    return [
        NoteView(
            id=row.id,
            entry=row.entry_id,
            rule=row.rule or "",
            conclusion=row.conclusion,
            note=(await work.vault.key_of(row.note)).open(FIELD, row.id, row.note),
            author=f"{name}, {title}",
            at=row.at,
        )
        for row, name, title in (await work.session.execute(query)).all()
    ]


async def counts(work: Work, entries: Collection[UUID]) -> dict[UUID, int]:
    """Return how many notes each of these entries has, where there are any."""
    query = select(ReviewNote.entry_id, func.count()).where(ReviewNote.entry_id.in_(entries))
    return {row[0]: row[1] for row in await work.session.execute(query.group_by(ReviewNote.entry_id))}
