"""Consent: the statements of those who must give it, the source of lawful bases, and a gate that closes in one step.

In law it lifts secrecy (Openness Act 621/1999 sections 26 and 29); it is not the GDPR basis of processing. The verbs
stand in modules of their own and are named here; `gate`, `statements` and `deciding` say what holds.
"""

from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.events import CaseWillMove
from multiagency.cases.service_grants import ground_agencies
from multiagency.consent.models import Consent
from multiagency.consent.reading_deciding import client_age, newest_capacity, party_name, undecided
from multiagency.consent.reading_statements import Gate, Statement, read_gate, statements
from multiagency.consent.service_guardians import judge_capacity, record_guardian
from multiagency.consent.service_prohibitions import forbid, must_be_tellable
from multiagency.consent.service_recording import record
from multiagency.consent.service_scans import attach
from multiagency.consent.service_withdrawing import withdraw
from multiagency.disclosures.service_child_welfare import is_decided
from multiagency.kernel.errors import FieldError
from multiagency.kernel.work import Work
from multiagency.people.models import Team

__all__ = [
    "Gate",
    "Statement",
    "attach",
    "check_child_client",
    "check_consent",
    "forbid",
    "judge_capacity",
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


async def check_consent(work: Work, moving: CaseWillMove) -> None:
    """Veto a submission unless everybody who must has given a living consent that names the coordinating agency.

    A decision on a legal ground that names it carries the case as well; consent stands beside it, given or not.
    """
    if moving.to != "submitted":
        return
    desk = moving.desk
    team = await work.session.get_one(Team, desk.case.team_id)
    if team.convener_id in await ground_agencies(work, desk.case):
        return
    wanting = await undecided(desk)
    if wanting is not None:
        moving.missing.append(wanting)
        return
    gate = await read_gate(desk)
    for giver in gate.required:
        if gate.state_of(giver) != "given":
            moving.missing.append(await _missing(desk, giver))
    if gate.is_open and team.convener_id not in gate.agencies:
        moving.missing.append(FieldError("consent", "missing.consent_for_coordinator"))


async def check_child_client(work: Work, moving: CaseWillMove) -> None:
    """Veto the submission of a case about a child until the child-welfare decision is recorded (417/2007 section 25).

    Without an identity code the client is a child when whoever judged their capacity said so.
    """
    if moving.to != "submitted" or any(found.field == "child_welfare" for found in moving.missing):
        return
    desk = moving.desk
    minor = (await client_age(desk)).minor
    if minor is None:
        judged = await newest_capacity(desk)
        minor = judged is not None and judged.minor
    if minor and not await is_decided(desk):
        moving.missing.append(FieldError("child_welfare", "missing.child_welfare"))


async def _missing(desk: Desk, giver: UUID) -> FieldError:
    if giver == desk.case.id:
        return FieldError("consent", "missing.consent")
    return FieldError("consent", "missing.consent_of", {"name": await party_name(desk, giver)})
