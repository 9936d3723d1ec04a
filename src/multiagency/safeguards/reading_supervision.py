"""What waits for the people of an agency, as whoever looks after it sees it: who holds what, and no content.

The database decides what is shown (`supervised_work`); here it is read, and each case shown is an entry of the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, Select, TableValuedAlias, Text, Uuid, func, select

from multiagency.kernel.access import Kind
from multiagency.kernel.errors import Forbidden, NotVisible
from multiagency.kernel.journal import Mode
from multiagency.kernel.portions import Portion, portion
from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.people.reading import Colleague
from multiagency.safeguards.forms import PieceOfWork

SHOWN = 40
"""Rows on a page; so many stay under 30 kB."""
SUPERVISION = "supervision"
"""On what it is seen, in the log."""

_COLUMNS = (
    Column("what", Text),
    Column("case_id", Uuid),
    Column("reference", Text),
    Column("stage", Text),
    Column("controller_id", Uuid),
    Column("item", Text),
    Column("due_on", Date),
    Column("holder_id", Uuid),
    Column("name", Text),
    Column("title", Text),
    Column("agency_id", Uuid),
    Column("is_over", Boolean),
    Column("mine", Boolean),
    Column("pathway", Text),
)
IN_DATABASE = (*_COLUMNS[:6], Column("action_id", Uuid), *_COLUMNS[6:])


@dataclass(frozen=True, slots=True)
class WaitingWork:
    """A referral or an action, and who holds it; `item` is the reference of the case or of the action.

    `mine` tells that the actor may hand it on; a coordinator may not where a supervisor of the agency can.
    """

    what: str
    case_id: UUID
    reference: str
    stage: str
    controller_id: UUID
    item: str
    due_on: date | None
    holder_id: UUID
    name: str
    title: str
    agency_id: UUID
    is_over: bool
    mine: bool
    pathway: str


async def waiting(work: Work, start: int = 0) -> Portion[WaitingWork]:
    """Return a portion of what waits, what belongs to posts that are over first."""
    found = func.supervised_work().table_valued(*IN_DATABASE)
    query = _query(found).order_by(found.c.is_over.desc(), found.c.name, found.c.reference, found.c.item)
    found_rows = await portion(work, query, start, SHOWN)
    rows = [WaitingWork(*row) for row in found_rows.rows]
    _log(work, rows)
    return found_rows.of(rows)


async def find(work: Work, wanted: PieceOfWork) -> WaitingWork:
    """Return one piece. Raises `NotVisible` unless it is shown, `Forbidden` when somebody else hands it on."""
    found = func.supervised_work().table_valued(*IN_DATABASE)
    query = _query(found).where(
        found.c.what == wanted.what, found.c.item == wanted.item, found.c.holder_id == wanted.holder
    )
    row = (await work.session.execute(query)).one_or_none()
    if row is None:
        raise NotVisible
    piece = WaitingWork(*row)
    _log(work, [piece])
    if not piece.mine:
        raise Forbidden
    return piece


def _query(found: TableValuedAlias) -> Select[*tuple[Any, ...]]:
    return select(*(found.c[column.name] for column in _COLUMNS))


def _log(work: Work, rows: Sequence[WaitingWork]) -> None:
    for row in rows:
        kind = Kind.ACTION if row.what == "action" else Kind.SHELL
        about = {"case_id": row.case_id, "case_reference": row.reference, "controller_id": row.controller_id}
        work.record(Mode.READ, {Kind.SHELL, kind}, subjects=[row.case_id], basis=SUPERVISION, **about)


async def takers(work: Work, piece: WaitingWork) -> list[Colleague]:
    """Return who may take it over."""
    asked = select(func.possible_takers(piece.what, piece.item, piece.holder_id))
    return await _those(work, set(await work.session.scalars(asked)), piece.agency_id)


async def deputies_for(work: Work, post_id: UUID, agency_id: UUID) -> list[Colleague]:
    """Return who may stand in for a post."""
    asked = select(func.possible_deputies(post_id))
    return await _those(work, set(await work.session.scalars(asked)), agency_id)


async def _those(work: Work, ids: set[UUID], agency_id: UUID) -> list[Colleague]:
    return [who for who in await people.colleagues(work, [agency_id]) if who.post.id in ids]
