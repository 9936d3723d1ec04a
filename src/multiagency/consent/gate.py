"""The live gate: opened from what all required givers said together, shut whenever that no longer holds."""

from uuid import UUID

from multiagency.cases.access import CONSENT, TABLE_KINDS, end_consent_bases, give_basis, grant
from multiagency.cases.desk import Desk
from multiagency.consent.statements import read_gate
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now


async def reopen(desk: Desk) -> None:
    """End what earlier statements opened; then, if the gate is open, give each agency that all name its basis.

    A basis holds the kinds that all name, until the first statement expires; the referrer gets sight through their
    own agency's, if it is named.
    """
    await end_consent_bases(desk.work, desk.case, now())
    gate = await read_gate(desk)
    kinds = TABLE_KINDS | {Kind.CONSENT, *gate.kinds}
    for agency_id in sorted(gate.agencies):
        consent = gate.given[-1].consent
        basis = await give_basis(desk.work, desk.case, agency_id, CONSENT, kinds, consent.id, gate.until)
        if agency_id == desk.work.actor.agency_id:
            await grant(desk.work, basis, desk.work.actor.post_id, "referral", Capability.REFER, kinds)


async def reopen_if_changed(desk: Desk, before: tuple[UUID, ...]) -> None:
    """Open the gate anew when others must decide than `before`; who was asked for their part is asked again then."""
    if (await read_gate(desk)).required != before:
        await reopen(desk)
