"""Whose cases these are: the names that stand in a list beside the codes, for whoever may see them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, select

from multiagency.cases.desk import Desk
from multiagency.cases.models import Case, Client
from multiagency.kernel.work import Work

_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_OF_CASES = select(Client, Client.case_id).where(Client.case_id.in_(_WANTED))
_BY_REFERENCE = select(Client, Case.reference).join(Case, Case.id == Client.case_id).where(Case.reference.in_(_WANTED))


async def client_names(work: Work, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the client's name of each of these cases whose identity is in sight, in two statements for all of them.

    Each name is logged as read. Whoever does not find a case here shows its reference.
    """
    return await _names(work, _OF_CASES, case_ids)


async def names_of(work: Work, references: Collection[str]) -> dict[str, str]:
    """Return the same by the cases' references."""
    return await _names(work, _BY_REFERENCE, references)


async def name_of(desk: Desk) -> str | None:
    """Return the client's name of the case on the desk, if their identity is in sight; it takes two statements."""
    return (await client_names(desk.work, [desk.case.id])).get(desk.case.id)


async def _names(work: Work, query: Select[Any, Any], wanted: Collection[Any]) -> dict[Any, str]:
    if not wanted:
        return {}
    found = (await work.session.execute(query, {_WANTED.key: list(wanted)})).all()
    await work.vault.expect([row.case_id for row, _ in found])
    return {known: await work.vault.open(row, "name") for row, known in found}
