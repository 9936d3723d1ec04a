"""How whoever sat at a case records at home what its minutes say: what was instructed, and who has not confirmed it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from multiagency.cases.desk import Desk
from multiagency.cases.models import Case
from multiagency.consent.reading_instructions import InstructionView, opened, people_meant
from multiagency.kernel.database import COUNTED
from multiagency.kernel.work import Work
from multiagency.meetings.models import AgendaItem, Meeting, Seat
from multiagency.meetings.models_minutes import MinutesInstruction, MinutesRecorded
from multiagency.pathways.definition import StageKind
from multiagency.people.models import Person, Post


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who sat at a case and has not confirmed how its minutes are recorded."""

    case_id: UUID
    item_id: UUID
    post_id: UUID
    name: str
    agency_id: UUID


Given = dict[tuple[UUID, UUID | None], MinutesInstruction]
"""The newest instructions by the place on an agenda and the agency whose part it is about; None: about all else."""


async def newest(work: Work, case_ids: Collection[UUID]) -> Given:
    """Return the newest instruction in sight of each place on an agenda and of each agency's part there."""
    query = (
        select(MinutesInstruction)
        .where(MinutesInstruction.case_id.in_(case_ids))
        .order_by(MinutesInstruction.given_at, MinutesInstruction.id)
    )
    return {(row.agenda_item_id, row.agency_id): row for row in await work.session.scalars(query)} if case_ids else {}


def for_agency(given: Given, item_id: UUID, agency_id: UUID) -> MinutesInstruction | None:
    """Return what holds for an agency at a place on an agenda: its own, else what is said to all."""
    return given.get((item_id, agency_id)) or given.get((item_id, None))


async def instructions_of(desk: Desk) -> dict[UUID, tuple[MinutesInstruction, InstructionView]]:
    """Return how the actor records the minutes of a case, by the place on an agenda; `waits` is about them."""
    every, own = await newest(desk.work, [desk.case.id]), desk.work.actor.agency_id
    found = {item: for_agency(every, item, own) for item, _ in every}
    given = {item: row for item, row in found.items() if row is not None}
    if not given:
        return {}
    named, me = await people_meant(desk.work, given.values()), desk.work.actor.post_id
    mine = select(MinutesRecorded).where(MinutesRecorded.case_id == desk.case.id, MinutesRecorded.post_id == me)
    done = {row.instruction_id: row.recorded_at for row in await desk.work.session.scalars(mine)}
    seats = select(Seat.agenda_item_id).where(Seat.case_id == desk.case.id, Seat.post_id == me, Seat.ended_at.is_(None))
    sat = set(await desk.work.session.scalars(seats))
    return {
        item: (row, await opened(desk.work, row, named, done.get(row.id), waits=item in sat and row.id not in done))
        for item, row in given.items()
    }


async def unconfirmed(work: Work, case_ids: Collection[UUID]) -> Sequence[Waiting]:
    """Return who sat at the discussed places of these cases and has not confirmed the newest instruction there."""
    given = await newest(work, case_ids)
    if not given:
        return []
    done = select(MinutesRecorded.instruction_id, MinutesRecorded.post_id).where(MinutesRecorded.case_id.in_(case_ids))
    confirmed = {(row, post) for row, post in await work.session.execute(done)}
    query = (
        select(AgendaItem.case_id, AgendaItem.id, Seat.post_id, Person.name, Post.agency_id)
        .join(Seat, Seat.agenda_item_id == AgendaItem.id)
        .join(Post, Post.id == Seat.post_id)
        .join(Person, Person.id == Post.person_id)
        .where(
            AgendaItem.id.in_({item for item, _ in given}),
            AgendaItem.discussed_at.is_not(None),
            Seat.ended_at.is_(None),
        )
        .order_by(AgendaItem.id, Person.name)
    )
    found = [Waiting(*row) for row in await work.session.execute(query)]
    return [one for one in found if _waits(given, one, confirmed)]


def _waits(given: Given, one: Waiting, confirmed: set[tuple[UUID, UUID]]) -> bool:
    row = for_agency(given, one.item_id, one.agency_id)
    return row is not None and (row.id, one.post_id) not in confirmed


_newer = aliased(MinutesInstruction)


def holds_for(agency: Any) -> ColumnElement[bool]:
    """Tell of an instruction whether an agency follows it: what is said to it alone goes before the newer."""
    better = (_newer.agenda_item_id == MinutesInstruction.agenda_item_id, _said_to(_newer, agency))
    return _said_to(MinutesInstruction, agency) & ~exists().where(*better, _rank(_newer) > _rank(MinutesInstruction))


def _said_to(row: Any, agency: Any) -> ColumnElement[bool]:
    return or_(row.agency_id.is_(None), row.agency_id == agency)


def _rank(row: Any) -> Any:
    return tuple_(row.agency_id.is_not(None), row.given_at, row.id)


_MEETING, _TEAM = bindparam("meeting", type_=Uuid), bindparam("team", type_=Uuid)
_HERE = select(AgendaItem.case_id).where(AgendaItem.meeting_id == _MEETING, AgendaItem.ended_at.is_(None))
_OWED = (
    select(Post.agency_id, func.count())
    .select_from(Case)
    .join(MinutesInstruction, MinutesInstruction.case_id == Case.id)
    .join(AgendaItem, AgendaItem.id == MinutesInstruction.agenda_item_id)
    .join(Seat, (Seat.agenda_item_id == AgendaItem.id) & Seat.ended_at.is_(None))
    .join(Post, Post.id == Seat.post_id)
    .where(Case.team_id == _TEAM, Case.stage_kind.in_((StageKind.TABLE, StageKind.FOLLOW_UP)), Case.id.not_in(_HERE))
    .where(AgendaItem.discussed_at.is_not(None), holds_for(Post.agency_id))
    .where(
        ~exists().where(
            MinutesRecorded.instruction_id == MinutesInstruction.id, MinutesRecorded.post_id == Seat.post_id
        )
    )
    .group_by(Post.agency_id)
    .execution_options(**COUNTED)
)


async def owed_by_agency(work: Work, meeting: Meeting) -> dict[UUID, int]:
    """Return how many confirmations agencies owe of a team's earlier meetings, in cases that are not on this agenda.

    Counts and agencies only: whoever prepares a meeting learns whom to ask, and nothing of any case.
    """
    found = await work.session.execute(_OWED, {_MEETING.key: meeting.id, _TEAM.key: meeting.team_id})
    return {row[0]: row[1] for row in found}
