"""Searching for cases by a name, a personal identity code or a reference, exactly as it stands in the record.

A hit needs sight of the very row that holds what was searched for; what is out of sight takes the same statements and
gets the same answer as what is not there. Names and codes meet as hashes only: nothing that was typed is kept.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Integer, LargeBinary, Text, Uuid, bindparam, func, select

from multiagency.cases.desk import rest_on_grants
from multiagency.cases.models import Case
from multiagency.cases.reading_names import client_names
from multiagency.cases.service_coordination import take_up
from multiagency.kernel.access import Kind
from multiagency.kernel.errors import TooOften
from multiagency.kernel.identity_code import looks_like_a_code
from multiagency.kernel.ids import as_reference
from multiagency.kernel.journal import Mode
from multiagency.kernel.lookup import Looked
from multiagency.kernel.portions import Portion, portion
from multiagency.kernel.work import Work

_COUNTING = select(func.count_search(type_=Integer))
_WANTED = (bindparam("reference", type_=Text), bindparam("what", type_=Text), bindparam("hash", type_=LargeBinary))
_FOUND = (
    select(Case)
    .where(Case.id.in_(select(func.found_cases(*_WANTED, type_=Uuid).column_valued("found"))))
    .order_by(Case.opened_at.desc(), Case.id)
)
_LOOKED_THROUGH = frozenset({Kind.SHELL, Kind.IDENTITY, Kind.PARTY})


@dataclass(frozen=True, slots=True)
class Hits:
    """The newest of the cases found, and their clients' names where those are in sight."""

    cases: Portion[Case]
    names: dict[UUID, str]


async def search(work: Work, wanted: str) -> Hits:
    """Return the cases in sight that this finds, the newest first.

    The log is told by what kind of key was searched and what was found, also when that is nothing, and never the key.
    Raises `TooOften` for whoever has searched more often within an hour than the settings allow.
    """
    await _keep_pace(work)
    await take_up(work)
    reference, code = as_reference(wanted), looks_like_a_code(wanted)
    what = Looked.IDENTITY_CODE if code else Looked.NAME
    values = {"reference": reference, "what": what, "hash": work.tools.lookup.hash(what, wanted)}
    found = await portion(work, _FOUND, values=values)
    cases = [row[0] for row in found.rows]
    await rest_on_grants(work, cases)
    _record(work, "code" if code else "reference" if reference else "name", cases)
    return Hits(found.of(cases), await client_names(work, [case.id for case in cases]))


async def _keep_pace(work: Work) -> None:
    limit = work.tools.settings.searches_per_hour
    if (await work.session.scalars(_COUNTING)).one() > limit:
        raise TooOften(limit=limit)


def _record(work: Work, key: str, cases: list[Case]) -> None:
    result = f"searched_by_{key}:{len(cases)}"
    for case in cases:
        about = {"case_id": case.id, "case_reference": case.reference}
        work.record(Mode.READ, _LOOKED_THROUGH, subjects=[case.id], result=result, **about)
    if not cases:
        work.record(Mode.READ, _LOOKED_THROUGH, result=result)
