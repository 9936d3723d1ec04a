"""Offices at the table: which of those that a model requires sit there, and how a missing one was made up for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.models import Case
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.meetings.models import AgendaItem, Seat, SecuredOffice
from multiagency.pathways.definition import Table, definition
from multiagency.people.models import Person, Post
from multiagency.web.texts import TEXTS


@dataclass(frozen=True, slots=True)
class OfficeView:
    """Offices of which one is enough, who sits there for them, and how they were secured where nobody does."""

    offices: tuple[str, ...]
    names: list[str]
    secured: str

    @property
    def code(self) -> str:
        """Return what they are noted under."""
        return self.offices[0]

    @property
    def missing(self) -> bool:
        """Tell whether nobody sits there for them, and nothing is noted."""
        return not (self.names or self.secured)


def said(language: str, offices: Collection[str]) -> str:
    """Return offices in words."""
    return " / ".join(TEXTS.say(Language(language), f"office.{office}") for office in offices)


def table_of(case: Case) -> Table:
    """Return what the model of a case says of its table."""
    return definition(case.pathway, case.pathway_version).table


async def offices_at(work: Work, placed: Sequence[tuple[AgendaItem, Case]]) -> dict[UUID, list[OfficeView]]:
    """Return the required offices of each place on an agenda, by its id; nothing where no model requires any."""
    asking = {item.id: table_of(case).required for item, case in placed if table_of(case).required}
    if not asking:
        return {}
    seated = (
        select(Seat.agenda_item_id, Post.office, Person.name)
        .join(Post, Post.id == Seat.post_id)
        .join(Person, Person.id == Post.person_id)
        .where(Seat.agenda_item_id.in_(list(asking)), Seat.ended_at.is_(None), Post.office.is_not(None))
        .order_by(Person.name)
    )
    there = (await work.session.execute(seated)).all()
    secured = await _secured(work, asking)
    return {
        item: [
            OfficeView(
                offices,
                [row.name for row in there if row.agenda_item_id == item and row.office in offices],
                secured.get((item, offices[0]), ""),
            )
            for offices in required
        ]
        for item, required in asking.items()
    }


async def _secured(work: Work, items: Collection[UUID]) -> dict[tuple[UUID, str], str]:
    query = select(SecuredOffice).where(SecuredOffice.agenda_item_id.in_(list(items)))
    rows = await work.session.scalars(query.order_by(SecuredOffice.noted_at, SecuredOffice.id))
    newest = {(row.agenda_item_id, row.office): row for row in rows}
    return {where: await work.vault.open(row, "how") for where, row in newest.items()}
