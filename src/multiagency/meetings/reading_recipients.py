"""To whom the minutes of one case in one meeting go: named beforehand, or those who sit there and whoever opened it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from multiagency.cases.desk import Desk
from multiagency.cases.service_grants import is_kept_short
from multiagency.kernel.versions import Saved
from multiagency.meetings.models import AgendaItem, Seat
from multiagency.meetings.models_minutes import MinutesRecipient
from multiagency.people.models import Agency, Post


@dataclass(frozen=True, slots=True)
class AgencyStanding:
    """How an agency stands at a place on an agenda: whether it sits there, is named, and may be given something.

    `received_at` says since when it has the minutes: without a basis that lives it gets nothing that is added to them.
    """

    agency_id: UUID
    sits: bool
    named: bool
    received_at: datetime | None
    lives: bool


async def standing(desk: Desk, item: AgendaItem) -> list[AgencyStanding]:
    """Return how every agency stands there, in one statement.

    The database says whose basis lives, also to a writer to whom the bases of other agencies are not shown.
    """
    seat = select(Seat.id).join(Post, Post.id == Seat.post_id).where(Post.agency_id == Agency.id)
    sits = seat.where(Seat.agenda_item_id == item.id, Seat.ended_at.is_(None)).correlate(Agency).exists()
    row = select(MinutesRecipient.id).where(
        MinutesRecipient.agenda_item_id == item.id,
        MinutesRecipient.agency_id == Agency.id,
        MinutesRecipient.dropped_at.is_(None),
    )
    named = row.correlate(Agency).exists()
    received = row.with_only_columns(MinutesRecipient.received_at).correlate(Agency).scalar_subquery()
    living = func.agency_has_consent(desk.case.id, Agency.id)
    rows = await desk.work.session.execute(select(Agency.id, sits, named, received, living).order_by(Agency.name_fi))
    return [
        AgencyStanding(agency, there, chosen, given, lives and not is_kept_short(desk.case, agency))
        for agency, there, chosen, given, lives in rows
    ]


def receiving(desk: Desk, found: Sequence[AgencyStanding]) -> list[UUID]:
    """Return to whom the minutes would go now: of those that may be given them, the named or the usual."""
    named = [one for one in found if one.named]
    return sorted(one.agency_id for one in named or by_default(desk, found) if one.lives)


def by_default(desk: Desk, found: Sequence[AgencyStanding]) -> list[AgencyStanding]:
    """Return to whom minutes go where nobody names others: all that sit there, and whoever opened the case."""
    return [one for one in found if one.sits or one.agency_id == desk.case.controller_id]


async def named_rows(desk: Desk, item: AgendaItem) -> Sequence[MinutesRecipient]:
    """Return the rows of who is named, or has received what was approved, for whoever changes them."""
    query = select(MinutesRecipient).where(MinutesRecipient.agenda_item_id == item.id)
    return (await desk.work.session.scalars(query.where(MinutesRecipient.dropped_at.is_(None)))).all()


def saved_recipients(item: AgendaItem, named: Sequence[UUID]) -> Saved:
    """Return who is named, as the form that names them shows it."""
    return Saved(f"recipients:{item.id}", {"agency": " ".join(sorted(map(str, named)))})
