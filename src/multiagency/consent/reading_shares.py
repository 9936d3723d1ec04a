"""How a page asks what an agency is given: all of it, some kinds of data, or nothing; and no answer is none of these."""

from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.consent.reading_statements import Statement, kinds_for
from multiagency.pathways.service import pathway

ALL, SOME, NOTHING = "all", "some", "none"


def share_field(agency_id: UUID) -> str:
    """Return the name of the fields that ask about an agency: of the answer, and of the boxes beside it."""
    return f"share-{agency_id}"


def share_of(desk: Desk, said: Statement, agency_id: UUID) -> list[str]:
    """Return what a statement says of an agency as those fields hold it, in the order of words; nothing when not asked."""
    given = kinds_for(said.pairs, agency_id)
    if agency_id not in said.asked:
        return []
    if not given:
        return [NOTHING]
    return [ALL] if given >= set(pathway(desk.case.pathway).shareable_kinds) else sorted([SOME, *given])
