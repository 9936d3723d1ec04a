"""The other names and birth dates of everybody in a case at once, for whoever sees who they are."""

from uuid import UUID

from sqlalchemy import literal, select

from multiagency.cases.desk import Desk
from multiagency.kernel.access import Kind
from multiagency.matching.models import Alias, PartyAlias
from multiagency.matching.reading import AliasView, alias


async def aliases_of_all(desk: Desk) -> dict[UUID | None, list[AliasView]]:
    """Return them by the id of the party, the client's under None; of the kinds in sight, in a statement for each."""
    found: dict[UUID | None, list[AliasView]] = {}
    session, here = desk.work.session, desk.case.id
    rows: list[tuple[UUID | None, Alias | PartyAlias]] = []
    if Kind.IDENTITY in desk.kinds:
        rows += [(None, row) for row in await session.scalars(alias(literal(here)))]
    if Kind.PARTY in desk.kinds:
        of_parties = select(PartyAlias).where(PartyAlias.case_id == here).order_by(PartyAlias.id)
        rows += [(row.party_id, row) for row in await session.scalars(of_parties)]
    for whose, row in rows:
        opened = [await desk.work.vault.open(row, column) for column in ("name", "birth_date")]
        found.setdefault(whose, []).append(AliasView(row.id, *opened))
    return found
