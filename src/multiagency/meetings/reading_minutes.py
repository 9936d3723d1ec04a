"""Reading minutes: what was approved, what was added to it, and for those who coordinate the drafts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.consent.reading_instructions import InstructionView
from multiagency.kernel.access import Act, Kind
from multiagency.meetings.models import AgendaItem
from multiagency.meetings.models_minutes import Minutes, MinutesAddendum
from multiagency.meetings.reading_instructions import instructions_of
from multiagency.meetings.reading_parts import approved_parts
from multiagency.people.models import Person, Post
from multiagency.people.reading import agencies


@dataclass(frozen=True, slots=True)
class AddendumView:
    """What was added to approved minutes, opened; `agency` names whose part it is about, empty for all."""

    text: str
    author: str
    added_at: datetime
    agency: str = ""


@dataclass(frozen=True, slots=True)
class MinutesPartView:
    """What one agency alone received, opened."""

    agency: str
    text: str


@dataclass(frozen=True, slots=True)
class MinutesView:
    """One draft or approved minutes, opened; `version` is the draft's number in its meeting.

    `instruction` says how what it says is recorded at home; None where nobody has said it yet.
    """

    text: str
    version: int
    recorded_at: datetime
    approved_at: datetime | None
    parts: list[MinutesPartView] = field(default_factory=list)
    addenda: list[AddendumView] = field(default_factory=list)
    instruction: InstructionView | None = None
    instruction_id: UUID | None = None


async def minutes(desk: Desk) -> list[MinutesView]:
    """Return the minutes of a case that the actor may read, the oldest first; of drafts only whoever coordinates."""
    return await _views(desk, None)


async def minutes_at(desk: Desk, item: AgendaItem) -> list[MinutesView]:
    """Return those of one place on an agenda, without how they are recorded: whoever writes them is told by agency."""
    return await _views(desk, item.id)


async def _views(desk: Desk, item_id: UUID | None) -> list[MinutesView]:
    if Kind.MINUTES not in desk.kinds:
        return []
    query = select(Minutes).where(Minutes.case_id == desk.case.id).order_by(Minutes.id)
    if item_id is not None:
        query = query.where(Minutes.agenda_item_id == item_id)
    if item_id is None and not desk.may(Act.RECORD_MINUTES):
        query = query.where(Minutes.approved_at.is_not(None))
    rows = (await desk.work.session.scalars(query)).all()
    approved = [row.agenda_item_id for row in rows if row.approved_at]
    parts, addenda = await _parts(desk, approved), await _addenda(desk) if approved else {}
    given = await instructions_of(desk) if rows and item_id is None else {}
    said: dict[UUID, dict[str, Any]] = {
        item: {"instruction": view, "instruction_id": row.id} for item, (row, view) in given.items()
    }
    return [
        MinutesView(
            text=await desk.work.vault.open(row, "text"),
            version=row.version,
            recorded_at=row.recorded_at,
            approved_at=row.approved_at,
            parts=parts.get(row.agenda_item_id, []) if row.approved_at else [],
            addenda=addenda.get(row.id, []),
            **said.get(row.agenda_item_id, {}),
        )
        for row in rows
    ]


async def _parts(desk: Desk, item_ids: Sequence[UUID]) -> dict[UUID, list[MinutesPartView]]:
    names = {agency.id: agency.name(desk.work.actor.language) for agency in await agencies(desk.work)}
    found = await approved_parts(desk, item_ids) if item_ids else {}
    return {
        item: [MinutesPartView(names[row.controller_id], await desk.work.vault.open(row, "text")) for row in rows]
        for item, rows in found.items()
    }


async def _addenda(desk: Desk) -> dict[UUID, list[AddendumView]]:
    query = (
        select(MinutesAddendum, Post.title, Person.name)
        .join(Post, Post.id == MinutesAddendum.author_id)
        .join(Person, Person.id == Post.person_id)
        .where(MinutesAddendum.case_id == desk.case.id)
        .order_by(MinutesAddendum.id)
    )
    names = {agency.id: agency.name(desk.work.actor.language) for agency in await agencies(desk.work)}
    found: dict[UUID, list[AddendumView]] = {}
    for row, title, name in await desk.work.session.execute(query):
        text = await desk.work.vault.open(row, "text")
        found.setdefault(row.minutes_id, []).append(
            AddendumView(text, f"{name}, {title}", row.added_at, names[row.agency_id] if row.agency_id else "")
        )
    return found
