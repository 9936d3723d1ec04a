"""Reading a case: only the kinds of data in sight are asked for, opened, and logged, one line per data subject."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select

from multiagency.cases.desk import Desk
from multiagency.cases.models import CasePart, Client, Party, SafeContact
from multiagency.cases.reading_first import CaseId, Rows, first, first_row
from multiagency.cases.reading_hours import HOURS
from multiagency.cases.reading_identity import WHO
from multiagency.kernel.access import Kind
from multiagency.pathways.definition import PartyRole
from multiagency.people.models import Agency
from multiagency.people.reading import agencies

CONTACT_TEXTS = (
    *("phone", "address", "municipality", *HOURS, "when_to_call", "do_not_talk_to"),
    *("interpreter", "must_not_interpret"),
)
"""The sealed columns of a safe contact."""


@dataclass(frozen=True, slots=True)
class PartyView:
    """Somebody else in the case, opened; `protected` tells that their address is, with the client's."""

    id: UUID
    role: str
    name: str
    identity_code: str
    birth_date: str
    relation: str
    employer_id: UUID | None = None
    protected: bool = False


@dataclass(frozen=True, slots=True)
class PartView:
    """What one agency tells, opened."""

    agency: Agency
    narrative: str
    written_at: datetime


@dataclass(slots=True)
class CaseView:
    """What of a case is in sight; a section that is None or empty was not shared, or is not filled in.

    `protected` tells that the client's address is; `masked`, that the contact is therefore kept from the actor.
    """

    client: dict[str, str] | None = None
    contact: dict[str, str | bool] | None = None
    parties: list[PartyView] = field(default_factory=list)
    parts: list[PartView] = field(default_factory=list)
    protected: bool = False
    masked: bool = False


async def read_case(desk: Desk, only: Collection[Kind] = frozenset(Kind)) -> CaseView:
    """Open what the actor may see of the case; `only` these kinds, for a page that shows no more."""
    view, wanted = CaseView(protected=await protected(desk), masked=await masked(desk)), desk.kinds & set(only)
    if Kind.IDENTITY in wanted:
        view.client = await _client(desk)
    if Kind.CONTACT in wanted:
        view.contact = await _contact(desk)
    if Kind.PARTY in wanted:
        view.parties = await _parties(desk, masked=view.masked)
    if Kind.NARRATIVE in wanted:
        view.parts = await _parts(desk)
    return view


async def names_of_people(desk: Desk) -> list[str]:
    """Return the names of the client and of everybody else in the case, as far as they are in sight."""
    view = await read_case(desk, {Kind.IDENTITY, Kind.PARTY})
    return [view.client["name"] if view.client else "", *(party.name for party in view.parties)]


async def read_own(desk: Desk, only: Collection[Kind] = frozenset(Kind)) -> CaseView:
    """Open what one's own agency recorded, and nothing that another did: only that can be given on."""
    view = await read_case(desk, only)
    parties = await _own(desk, Party) if view.parties else set()
    return CaseView(
        client=view.client if view.client and await _own(desk, Client) else None,
        contact=view.contact if view.contact and await _own(desk, SafeContact) else None,
        parties=[party for party in view.parties if party.id in parties],
        parts=[part for part in view.parts if part.agency.id == desk.work.actor.agency_id],
        protected=view.protected,
    )


async def _own(desk: Desk, table: type[Client] | type[SafeContact] | type[Party]) -> set[UUID]:
    query = select(table.id).where(table.case_id == desk.case.id, table.controller_id == desk.work.actor.agency_id)
    return set(await desk.work.session.scalars(query))


def client(case_id: CaseId) -> Rows:
    """Ask for whom the case is about."""
    return select(Client).where(Client.case_id == case_id)


def contact(case_id: CaseId) -> Rows:
    """Ask how the client may be reached."""
    return select(SafeContact).where(SafeContact.case_id == case_id)


async def _client(desk: Desk) -> dict[str, str] | None:
    row = await first(desk, client)
    if row is None:
        return None
    return {column: await desk.work.vault.open(row, column) for column in WHO}


async def _contact(desk: Desk) -> dict[str, str | bool] | None:
    row = await first(desk, contact)
    if row is None:
        return None
    opened: dict[str, str | bool] = {column: await desk.work.vault.open(row, column) for column in CONTACT_TEXTS}
    return opened | {"may_leave_message": row.may_leave_message, "language": row.language}


def protection(case_id: CaseId) -> Rows:
    """Ask whether an order of non-disclosure lives, one that covers the household, and whether the actor is cleared."""
    return select(
        case_id.in_(select(func.protected_cases(False))).label("client"),
        case_id.in_(select(func.protected_cases(True))).label("household"),
        case_id.in_(select(func.cleared_cases())).label("cleared"),
    )


async def protected(desk: Desk, *, household: bool = False) -> bool:
    """Tell whether an order of non-disclosure lives (661/2009 section 36), if asked one that covers the household."""
    of_client, of_household, _ = await first_row(desk, protection) or (False, False, False)
    return bool(of_household if household else of_client)


async def masked(desk: Desk) -> bool:
    """Tell whether the client's contact data is kept from the actor: protected, and they are not cleared for it."""
    of_client, _, cleared = await first_row(desk, protection) or (False, False, False)
    return bool(of_client and not cleared)


# Made once: to make a statement costs more than to ask it.
_PARTIES = select(Party).where(Party.case_id == bindparam("case")).order_by(Party.role.desc(), Party.id)
_PARTS = select(CasePart).where(CasePart.case_id == bindparam("case")).order_by(CasePart.id)


async def _parties(desk: Desk, *, masked: bool) -> list[PartyView]:
    """Open the others in the case. A protected child's relation is a free text, kept from whoever is not cleared."""
    found = await desk.work.session.scalars(_PARTIES, {"case": desk.case.id})
    household = await protected(desk, household=True)
    views = []
    for row in found:
        covered = household and row.role == PartyRole.CHILD
        texts = {column: await desk.work.vault.open(row, column) for column in (*WHO, "relation")}
        shown = texts | ({"relation": ""} if covered and masked else {})
        views.append(PartyView(row.id, row.role, **shown, employer_id=row.employer_id, protected=covered))
    return views


async def _parts(desk: Desk) -> list[PartView]:
    rows = await desk.work.session.scalars(_PARTS, {"case": desk.case.id})
    known = {agency.id: agency for agency in await agencies(desk.work)}
    return [
        PartView(known[part.controller_id], await desk.work.vault.open(part, "narrative"), part.written_at)
        for part in rows
    ]
