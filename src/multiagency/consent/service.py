"""Consent: the statements of those who must give it, the source of lawful bases, and a gate that closes in one step.

In law it lifts secrecy (Openness Act 621/1999 sections 26 and 29); it is not the GDPR basis of processing. The verbs
stand in modules of their own and are named here; `gate`, `statements` and `deciding` say what holds.
"""

from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.questions import MayMove, MoveAhead
from multiagency.cases.reading_first import First
from multiagency.cases.service_grants import ground_agencies
from multiagency.consent.models import Consent
from multiagency.consent.reading_deciding import (
    a_guardian,
    client_age,
    judgement,
    newest_capacity,
    party_name,
    undecided,
)
from multiagency.consent.reading_statements import Gate, Statement, read_gate, statements
from multiagency.consent.service_guardians import judge_capacity, record_guardian
from multiagency.consent.service_prohibitions import forbid, must_be_tellable
from multiagency.consent.service_recording import record
from multiagency.consent.service_scans import attach
from multiagency.consent.service_withdrawing import withdraw
from multiagency.disclosures.service_child_welfare import was_decided
from multiagency.kernel.errors import FieldError
from multiagency.people import reading as people

__all__ = [
    "Gate",
    "Statement",
    "attach",
    "forbid",
    "judge_capacity",
    "missing_child_client",
    "missing_consent",
    "must_be_tellable",
    "newest",
    "read_gate",
    "record",
    "record_guardian",
    "statements",
    "withdraw",
]


async def newest(desk: Desk, giver: UUID | None = None) -> Consent | None:
    """Return a giver's newest answer in sight (None: the client's); no answer is None, and never a yes."""
    found = (await statements(desk)).get(giver or desk.case.id)
    return found.consent if found else None


async def consent_ahead(asked: MoveAhead) -> list[First]:
    """Want who decides."""
    return [judgement, a_guardian] if asked.need("consent") else []


async def missing_consent(asked: MayMove) -> list[FieldError]:
    """Veto a submission unless everybody who must has given a living consent, with what is convened with.

    A decision on a legal ground that names it carries the case as well; consent stands beside it, given or not.
    """
    if not asked.need("consent"):
        return []
    desk = asked.desk
    team = await people.team_with(desk.work, desk.case.team_id)
    if team.convener_id in await ground_agencies(desk.work, desk.case):
        return []
    wanting = await undecided(desk)
    if wanting is not None:
        return [wanting]
    gate = await read_gate(desk)
    silent = [await _missing(desk, giver) for giver in gate.required if gate.state_of(giver) != "given"]
    if gate.is_open and team.convener_id not in gate.agencies:
        silent.append(FieldError("consent", "missing.consent_for_coordinator"))
    elif gate.is_open and not gate.kinds_for(team.convener_id) >= set(desk.model.convening_kinds):
        silent.append(FieldError("consent", "missing.consent_to_convene"))
    return silent


async def missing_child_client(asked: MayMove) -> list[FieldError]:
    """Veto the submission of a case about a child until the child-welfare decision is recorded (417/2007 section 25).

    Without an identity code the client is a child when whoever judged their capacity said so.
    """
    if not asked.need("child_welfare_of_client"):
        return []
    desk = asked.desk
    minor = (await client_age(desk)).minor
    if minor is None:
        judged = await newest_capacity(desk)
        minor = judged is not None and judged.minor
    undecided_yet = minor and not await was_decided(desk)
    return [FieldError("child_welfare", "missing.child_welfare")] if undecided_yet else []


async def _missing(desk: Desk, giver: UUID) -> FieldError:
    if giver == desk.case.id:
        return FieldError("consent", "missing.consent")
    return FieldError("consent", "missing.consent_of", {"name": await party_name(desk, giver)})
