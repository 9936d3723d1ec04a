"""Records of a case as their forms show them, with the version that a form carries."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.models import CasePart, Client, EarlierPart, Party, SafeContact
from multiagency.cases.reading import CONTACT_TEXTS, PartView
from multiagency.cases.reading_identity import WHO
from multiagency.kernel.database import Versioned
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.versions import Change, Saved, as_text
from multiagency.kernel.work import Work
from multiagency.people.models import Agency

_CLIENT = {name: name for name in WHO}
_CONTACT = {name: name for name in CONTACT_TEXTS}
_PARTY = {name: name for name in (*WHO, "relation")}


async def saved_row(
    work: Work, about: str, row: Versioned | None, sealed: Mapping[str, str], plain: Mapping[str, str] | None = None
) -> Saved:
    """Return a row as its form shows it: `sealed` and `plain` name the column of each field."""
    columns = dict(sealed) | dict(plain or {})
    if row is None:
        return Saved(about, dict.fromkeys(columns, ""))
    values = {name: await work.vault.open(row, column) for name, column in sealed.items()}
    values |= {name: as_text(getattr(row, column)) for name, column in (plain or {}).items()}
    return Saved(about, values, dict.fromkeys(columns, Change(row.changed_by_id, row.changed_at)))


async def saved_client(desk: Desk) -> Saved:
    """Return whom the case is about."""
    row = await desk.work.session.get(Client, desk.case.id)
    return await saved_row(desk.work, f"client:{desk.case.id}", row, _CLIENT)


async def saved_contact(desk: Desk) -> Saved:
    """Return how the client may be reached; nothing where a protected address is kept from the actor."""
    row = await desk.work.session.get(SafeContact, desk.case.id)
    plain = {name: name for name in ("may_leave_message", "language")}
    return await saved_row(desk.work, f"contact:{desk.case.id}", row, _CONTACT, plain)


async def saved_party(desk: Desk, party_id: UUID) -> Saved:
    """Return the record of somebody else in the case. Raises `NotVisible` for one that is not."""
    row = await desk.work.session.get(Party, party_id)
    if row is None or row.case_id != desk.case.id:
        raise NotVisible
    return await saved_row(desk.work, f"party:{row.id}", row, _PARTY, {"role": "role", "employer": "employer_id"})


async def own_part(desk: Desk) -> CasePart | None:
    """Return the row of what one's own agency tells."""
    mine = select(CasePart).where(CasePart.case_id == desk.case.id, CasePart.controller_id == desk.work.actor.agency_id)
    return await desk.work.session.scalar(mine)


async def saved_part(desk: Desk) -> Saved:
    """Return what one's own agency tells."""
    row, about = await own_part(desk), f"part:{desk.case.id}:{desk.work.actor.agency_id}"
    if row is None:
        return Saved(about, {"narrative": ""})
    text = {"narrative": await desk.work.vault.open(row, "narrative")}
    return Saved(about, text, {"narrative": Change(row.author_id, row.written_at)})


async def earlier_parts(desk: Desk) -> list[PartView]:
    """Return what one's own agency told before, the newest first."""
    query = select(EarlierPart, Agency).join(Agency, Agency.id == EarlierPart.controller_id)
    mine = query.where(EarlierPart.case_id == desk.case.id, Agency.id == desk.work.actor.agency_id)
    rows = await desk.work.session.execute(mine.order_by(EarlierPart.version.desc()))
    return [PartView(agency, await desk.work.vault.open(row, "narrative"), row.written_at) for row, agency in rows]
