"""The references of cases for an auditor, who sees no case; not of those that are kept from the auditor."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Select, Text, Uuid, cast, func, select

from multiagency.kernel.work import Work

_KNOWN = (Column("id", Uuid), Column("reference", Text))


def case_references(cases: Any) -> Any:
    """Return the references of these cases as a table; `cases`: their ids, or a query for them."""
    wanted = func.array(cases.scalar_subquery()) if isinstance(cases, Select) else cast(list(cases), ARRAY(Uuid))
    return func.case_references(wanted, None).table_valued(*_KNOWN)


async def references_of(work: Work, cases: Collection[UUID]) -> dict[UUID, str]:
    """Return the references of those of these cases that may be told."""
    rows = await work.session.execute(select(case_references(cases))) if cases else ()
    return {case_id: reference for case_id, reference in rows}  # noqa: C416 (rows are no pairs to mypy)


async def case_with(work: Work, reference: str) -> UUID | None:
    """Return the case with this reference, if it may be told."""
    known = func.case_references(cast([], ARRAY(Uuid)), reference).table_valued(*_KNOWN)
    found: UUID | None = await work.session.scalar(select(known.c.id))
    return found
