"""What a statement says of each agency: as a page asks it, and as it is read aloud to whoever gave it.

All of it, some kinds of data, or nothing; and no answer is none of these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.consent.reading_statements import Statement, kinds_for
from multiagency.kernel.access import Kind

ALL, SOME, NOTHING = "all", "some", "none"
SHARE = "share-"


def share_field(agency_id: UUID) -> str:
    """Return the name of the fields that ask about an agency: of the answer, and of the boxes beside it."""
    return f"{SHARE}{agency_id}"


def share_of(desk: Desk, said: Statement, agency_id: UUID) -> list[str]:
    """Return what a statement says of an agency as those fields hold it, sorted; nothing where it was not asked."""
    given = kinds_for(said.pairs, agency_id)
    if agency_id not in said.asked:
        return []
    if not given:
        return [NOTHING]
    return [ALL] if given >= set(desk.model.shareable_kinds) else sorted([SOME, *given])


@dataclass(frozen=True, slots=True)
class AgencyTold:
    """What one agency is told, in the order of the model: `share` is all, some or none."""

    agency: str
    share: str
    kinds: tuple[Kind, ...]
    kept: tuple[Kind, ...]


def told_by(desk: Desk, said: Statement, named: Mapping[UUID, str]) -> list[AgencyTold]:
    """Return what a statement lets each agency be told that it says anything about; `named` is how they are called."""
    shareable, found = desk.model.shareable_kinds, []
    for agency_id, name in named.items():
        if share := share_of(desk, said, agency_id):
            given = kinds_for(said.pairs, agency_id)
            kinds = tuple(kind for kind in shareable if kind in given)
            kept = tuple(kind for kind in shareable if kind not in given)
            found.append(AgencyTold(name, SOME if SOME in share else share[0], kinds, kept))
    return found


def not_asked(said: Statement, named: Mapping[UUID, str]) -> list[str]:
    """Return how the agencies are called that a statement says nothing about."""
    return [name for agency_id, name in named.items() if agency_id not in said.asked]
