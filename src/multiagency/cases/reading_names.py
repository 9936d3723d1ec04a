"""Whose cases these are: the names that stand in a list beside the codes, for whoever may see them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import bindparam, select

from multiagency.cases.models import Client
from multiagency.kernel.work import Work

_OF_CASES = select(Client).where(Client.case_id.in_(bindparam("cases", expanding=True)))


async def client_names(work: Work, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the client's name of each of these cases whose identity is in sight, in two statements for all of them.

    Each name is logged as read. Whoever does not find a case here shows its reference.
    """
    if not case_ids:
        return {}
    found = (await work.session.scalars(_OF_CASES, {"cases": list(case_ids)})).all()
    await work.vault.expect([row.case_id for row in found])
    return {row.case_id: await work.vault.open(row, "name") for row in found}
