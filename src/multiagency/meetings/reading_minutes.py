"""Reading minutes: what was approved, what was added to it, and for those who coordinate the drafts."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.consent.reading_instructions import InstructionView
from multiagency.kernel.access import Act, Kind
from multiagency.meetings.models import AgendaItem, Minutes, MinutesAddendum
from multiagency.meetings.reading_instructions import instructions_of
from multiagency.people.models import Person, Post


@dataclass(frozen=True, slots=True)
class AddendumView:
    """What was added to approved minutes, opened."""

    text: str
    author: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class MinutesView:
    """One draft or approved minutes, opened; `version` is the draft's number in its meeting.

    `instruction` says how what it says is recorded at home; None where nobody has said it yet.
    """

    text: str
    version: int
    recorded_at: datetime
    approved_at: datetime | None
    addenda: list[AddendumView] = field(default_factory=list)
    instruction: InstructionView | None = None
    instruction_id: UUID | None = None


async def minutes(desk: Desk) -> list[MinutesView]:
    """Return the minutes of a case that the actor may read, the oldest first; of drafts only whoever coordinates."""
    return await _views(desk, None)


async def minutes_at(desk: Desk, item: AgendaItem) -> list[MinutesView]:
    """Return those of one place on an agenda."""
    return await _views(desk, item.id)


async def _views(desk: Desk, item_id: UUID | None) -> list[MinutesView]:
    if Kind.MINUTES not in desk.kinds:
        return []
    query = select(Minutes).where(Minutes.case_id == desk.case.id).order_by(Minutes.id)
    if item_id is not None:
        query = query.where(Minutes.agenda_item_id == item_id)
    if not desk.may(Act.RECORD_MINUTES):
        query = query.where(Minutes.approved_at.is_not(None))
    rows = (await desk.work.session.scalars(query)).all()
    addenda = await _addenda(desk)
    given = await instructions_of(desk) if rows else {}
    said: dict[UUID, dict[str, Any]] = {
        item: {"instruction": view, "instruction_id": row.id} for item, (row, view) in given.items()
    }
    return [
        MinutesView(
            text=await desk.work.vault.open(row, "text"),
            version=row.version,
            recorded_at=row.recorded_at,
            approved_at=row.approved_at,
            addenda=addenda.get(row.id, []),
            **said.get(row.agenda_item_id, {}),
        )
        for row in rows
    ]


async def _addenda(desk: Desk) -> dict[UUID, list[AddendumView]]:
    query = (
        select(MinutesAddendum, Post.title, Person.name)
        .join(Post, Post.id == MinutesAddendum.author_id)
        .join(Person, Person.id == Post.person_id)
        .where(MinutesAddendum.case_id == desk.case.id)
        .order_by(MinutesAddendum.id)
    )
    found: dict[UUID, list[AddendumView]] = {}
    for row, title, name in await desk.work.session.execute(query):
        text = await desk.work.vault.open(row, "text")
        found.setdefault(row.minutes_id, []).append(AddendumView(text, f"{name}, {title}", row.added_at))
    return found
