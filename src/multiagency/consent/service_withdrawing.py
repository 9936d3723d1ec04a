"""Withdrawing consent, whole or for one agency: one step, by anybody who must have given it, effective at once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.events import SightEnded
from multiagency.cases.reading_holders import posts_that_may
from multiagency.cases.service import move
from multiagency.cases.service_grants import consented_agencies, end_bases
from multiagency.consent.forms import WithdrawalForm
from multiagency.consent.models import Consent, ConsentRecipient
from multiagency.consent.reading_statements import Gate, Statement, newest_version, read_gate
from multiagency.consent.service_gate import tell_of_change
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.pathways.service import pathway
from multiagency.people import reading as people
from multiagency.people.service_notices import tell

_EVERYBODY = WithdrawalForm()


@dataclass(frozen=True, slots=True)
class Withdrawable:
    """What can be withdrawn: the yeses that stand, by giver, the agencies they name, and the coordinating one."""

    said: dict[UUID, Statement]
    agencies: frozenset[UUID]
    convener_id: UUID

    def ends_everything(self, agency_id: UUID) -> bool:
        """Tell whether taking this agency out leaves nothing: it coordinates, or it is the last."""
        return agency_id == self.convener_id or self.agencies <= {agency_id}


async def standing(desk: Desk) -> Withdrawable | None:
    """Return what can be withdrawn now, or None: nobody has said yes, or the case is over."""
    if not pathway(desk.case.pathway).allows(desk.case.stage, "withdrawn"):
        return None
    gate = await read_gate(desk)
    said = {giver: statement for giver, statement in gate.said.items() if statement.consent.state == "given"}
    team = await people.team_with(desk.work, desk.case.team_id)
    return Withdrawable(said, _named(gate, said), team.convener_id) if said else None


def _named(gate: Gate, said: dict[UUID, Statement]) -> frozenset[UUID]:
    """While the gate is shut, what any of them names can be taken back all the same."""
    return gate.agencies or frozenset().union(*(statement.recipients for statement in said.values()))


def what_is_wanting(desk: Desk) -> str:
    """Say why nothing can be withdrawn: whoever is not shown the consent is not told that there is none."""
    return "consent.nothing_to_withdraw" if Kind.CONSENT in desk.kinds else "consent.kept_from_you"


async def withdraw(desk: Desk, form: WithdrawalForm = _EVERYBODY) -> None:
    """Close the gate, or close it for one agency; the rooms above act in this same transaction.

    Raises `Conflict` when there is nothing to withdraw, `Invalid` for an agency or a giver that does not stand in it.
    """
    found = await standing(desk)
    if found is None:
        raise Conflict(what_is_wanting(desk))
    if form.giver is not None and form.giver not in found.said:
        raise Invalid.of("giver", "consent.giver_gave_nothing")
    if form.recipient is not None and form.recipient not in found.agencies:
        raise Invalid.of("recipient", "consent.not_a_recipient")
    whose = [found.said[form.giver]] if form.giver else list(found.said.values())
    if form.recipient is None or found.ends_everything(form.recipient):
        await _withdraw_whole(desk, whose, now())
    else:
        await _withdraw_recipient(desk, whose, form.recipient, now())


async def _withdraw_whole(desk: Desk, whose: list[Statement], moment: datetime) -> None:
    for statement in whose:
        await _add_version(desk, statement.consent, moment)
    for agency_id in await consented_agencies(desk.work, desk.case):
        desk.wrote(Kind.CONSENT, recipient_id=agency_id)
    desk.wrote(Kind.CONSENT)
    desk.case.withdrawn_at = moment
    told = await posts_that_may(desk.work, desk.case.id, Capability.REFER, Capability.COORDINATE)
    await move(desk, "withdrawn")
    await tell(desk.work, told, "consent_withdrawn", f"/cases/{desk.case.reference}", desk.case.id)


async def _withdraw_recipient(desk: Desk, whose: list[Statement], agency_id: UUID, moment: datetime) -> None:
    for statement in whose:
        ended = await _add_version(desk, statement.consent, moment)
        desk.work.session.add(
            ConsentRecipient(
                consent_id=ended.id,
                agency_id=agency_id,
                case_id=ended.case_id,
                controller_id=ended.controller_id,
                retention_class=ended.retention_class,
            )
        )
        await desk.work.session.flush()
    desk.wrote(Kind.CONSENT, recipient_id=agency_id)
    await end_bases(desk.work, desk.case, moment, agency_id=agency_id)
    await desk.work.publish(SightEnded(desk))
    await tell_of_change(desk)


async def _add_version(desk: Desk, before: Consent, moment: datetime) -> Consent:
    """Add the version that ends another; it belongs to the record of whoever recorded that one."""
    same = ("case_id", "controller_id", "retention_class", "capacity", "giver_id", "purpose", "how", "language")
    ended = Consent(
        id=uuid7(),
        **{column: getattr(before, column) for column in same},
        version=await newest_version(desk) + 1,
        state="withdrawn",
        asked_by_id=desk.work.actor.post_id,
        asked_at=moment,
        kinds=[],
        recorded_at=moment,
        recorded_by_id=desk.work.actor.post_id,
    )
    desk.work.session.add(ended)
    await desk.work.session.flush()
    return ended
