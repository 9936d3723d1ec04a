"""To whom the minutes of one case in one meeting go: named beforehand, or those who sit there and whoever opened it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from multiagency.cases.desk import Desk
from multiagency.cases.service_grants import is_kept_short
from multiagency.kernel.versions import Saved
from multiagency.meetings.models import AgendaItem, MinutesRecipient, Seat
from multiagency.people.models import Agency, Post


@dataclass(frozen=True, slots=True)
class ReceivedView:
    """An agency that received minutes; without a basis that lives it gets nothing that is added to them."""

    agency_id: UUID
    received_at: datetime
    lives: bool


async def possible(desk: Desk) -> set[UUID]:
    """Return the agencies to which minutes of the case may go: a living basis names them.

    The database answers, also a writer to whom the bases of other agencies are not shown.
    """
    named = await desk.work.session.scalars(select(Agency.id).where(func.agency_has_consent(desk.case.id, Agency.id)))
    return {agency for agency in named if not is_kept_short(desk.case, agency)}


async def seated_agencies(desk: Desk, item: AgendaItem) -> set[UUID]:
    """Return the agencies that sit at a place on an agenda."""
    query = select(Post.agency_id).join(Seat, Seat.post_id == Post.id)
    return set(await desk.work.session.scalars(query.where(Seat.agenda_item_id == item.id, Seat.ended_at.is_(None))))


async def named(desk: Desk, item: AgendaItem) -> Sequence[MinutesRecipient]:
    """Return the recipients that are named, or have received what was approved."""
    query = select(MinutesRecipient).where(MinutesRecipient.agenda_item_id == item.id)
    return (await desk.work.session.scalars(query.where(MinutesRecipient.dropped_at.is_(None)))).all()


async def recipients_at(desk: Desk, item: AgendaItem) -> list[UUID]:
    """Return the agencies to which the minutes would go now, of those that may be given them."""
    chosen = {row.agency_id for row in await named(desk, item)}
    return sorted((chosen or await by_default(desk, item)) & await possible(desk))


async def by_default(desk: Desk, item: AgendaItem) -> set[UUID]:
    """Return the agencies to which minutes go where nobody names others: all that sit there, and whoever opened it."""
    return {*await seated_agencies(desk, item), desk.case.controller_id}


async def received(desk: Desk, item: AgendaItem) -> list[ReceivedView]:
    """Return who has received the minutes, and whether they may be given what is added."""
    living = await possible(desk)
    rows = [(row.agency_id, row.received_at) for row in await named(desk, item)]
    return [ReceivedView(agency, moment, agency in living) for agency, moment in rows if moment]


async def saved_recipients(desk: Desk, item: AgendaItem) -> Saved:
    """Return who is named, as the form that names them shows it."""
    return Saved(
        f"recipients:{item.id}", {"agency": " ".join(sorted(str(r.agency_id) for r in await named(desk, item)))}
    )
