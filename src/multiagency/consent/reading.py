"""What pages and API show of consent and guardians: opened, and logged by whom it is about."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.models import Party
from multiagency.cases.reading_first import CaseId, Rows, first
from multiagency.consent.models import Consent, DecisionCapacity, Guardian, Prohibition
from multiagency.consent.reading_deciding import client_age, guardians_now, newest_capacity, prohibitions_now, undecided
from multiagency.pathways.definition import PartyRole

_GUARDING = frozenset({PartyRole.GUARDIAN, PartyRole.FEARED})


async def names(desk: Desk) -> dict[UUID, tuple[str, str]]:
    """Return role and name of everybody in the case besides the client, by id; empty where they are not in sight."""
    rows = list(await desk.work.session.scalars(select(Party).where(Party.case_id == desk.case.id).order_by(Party.id)))
    return {row.id: (row.role, await desk.work.vault.open(row, "name")) for row in rows}


async def guardians_view(desk: Desk) -> dict[str, Any]:
    """Return who decides, what each guardian may do and be told, and what still has to be recorded."""
    rights, forbidden = await guardians_now(desk), await prohibitions_now(desk)
    known = {party: about for party, about in (await names(desk)).items() if about[0] in _GUARDING or party in rights}
    wanting = await undecided(desk)
    return {
        "minor": (await client_age(desk)).minor,
        "capacity": await _capacity(desk, await newest_capacity(desk)),
        "guardians": [
            {"party": party, "role": role, "name": name}
            | await _rights(desk, rights.get(party))
            | await _told(desk, forbidden.get(party))
            for party, (role, name) in known.items()
            if role == PartyRole.GUARDIAN or party in rights
        ],
        "missing": wanting.key if wanting else None,
    }


async def _capacity(desk: Desk, row: DecisionCapacity | None) -> dict[str, Any] | None:
    if row is None:
        return None
    columns = ("decides", "minor", "capable", "heard_at", "assessed_at")
    return {column: getattr(row, column) for column in columns} | {
        "legal_representative": row.representative_id,
        "reason": await desk.work.vault.open(row, "reason"),
        "heard": await desk.work.vault.open(row, "heard"),
    }


async def _rights(desk: Desk, row: Guardian | None) -> dict[str, Any]:
    return {
        "recorded": row is not None,
        "may_decide": row.may_decide if row else None,
        "suspected": row.suspected if row else None,
        "restriction_reason": await desk.work.vault.open(row, "restriction_reason") if row else "",
    }


async def _told(desk: Desk, row: Prohibition | None) -> dict[str, Any]:
    return {
        "must_not_be_told": row is not None and row.forbidden,
        "prohibition_reason": await desk.work.vault.open(row, "reason") if row else "",
    }


async def giver_name(desk: Desk, consent: Consent) -> str:
    """Return the name of whoever gave a statement for the client, empty for the client's own."""
    return (await names(desk)).get(consent.giver_id, ("", ""))[1] if consent.giver_id else ""


async def may_concern_guardians(desk: Desk) -> bool:
    """Tell whether the case asks who decides: the client is or may be a minor, or somebody is a guardian."""
    age = await client_age(desk)
    unknown = age.recorded and age.minor is None
    if age.minor or unknown or await newest_capacity(desk) is not None or await guardians_now(desk):
        return True
    return await first(desk, guardian_among_parties) is not None


def guardian_among_parties(case_id: CaseId) -> Rows:
    """Ask for somebody recorded as a guardian."""
    return select(Party).where(Party.case_id == case_id, Party.role == PartyRole.GUARDIAN)
