"""Withdrawing consent, whole, for one agency, for one kind of data, or for one of both: one step, effective at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from multiagency.cases.desk import Desk
from multiagency.cases.events import SightEnded
from multiagency.cases.reading_holders import posts_that_may
from multiagency.cases.service import move_on
from multiagency.cases.service_grants import consented_agencies, one_at_a_time
from multiagency.consent.forms import WithdrawalForm
from multiagency.consent.models import Consent, ConsentPair
from multiagency.consent.reading_statements import Pair, Statement, agencies_in, newest_version, read_gate
from multiagency.consent.service_gate import tell_of_change
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.pathways.definition import StageKind
from multiagency.people import reading as people
from multiagency.people.service_notices import tell

_EVERYTHING = WithdrawalForm()


@dataclass(frozen=True, slots=True)
class Withdrawable:
    """What can be withdrawn: the yeses that stand, by giver, and what they give.

    `given` is what any of them gives, `held` what holds: what all of them give, or while the gate is shut, any of them.
    `convening` is what the coordinating agency cannot do without.
    """

    said: dict[UUID, Statement]
    given: frozenset[Pair]
    held: frozenset[Pair]
    convening: frozenset[Pair]

    def chosen(self, form: WithdrawalForm) -> frozenset[Pair]:
        """Return what a form takes out."""
        return frozenset(
            (agency, kind)
            for agency, kind in self.given
            if form.recipient in {None, agency} and form.kind in {None, kind}
        )

    def ends_everything(self, taken: frozenset[Pair]) -> bool:
        """Tell whether taking this out leaves nothing: nobody can convene any longer, or it is the last."""
        left = self.held - taken
        return not left or (self.convening <= self.held and not self.convening <= left)


async def standing(desk: Desk) -> Withdrawable | None:
    """Return what can be withdrawn now, or None: nobody has said yes, or the case is over."""
    model = desk.model
    if model.next_of(desk.case.stage, StageKind.WITHDRAWN) is None:
        return None
    gate = await read_gate(desk)
    said = {giver: statement for giver, statement in gate.said.items() if statement.consent.state == "given"}
    if not said:
        return None
    team = await people.team_with(desk.work, desk.case.team_id)
    given = frozenset[Pair]().union(*(statement.pairs for statement in said.values()))
    convening = frozenset((team.convener_id, kind) for kind in model.convening_kinds)
    return Withdrawable(said, given, gate.pairs or given, convening)


def what_is_wanting(desk: Desk) -> str:
    """Say why nothing can be withdrawn: whoever is not shown the consent is not told that there is none."""
    return "consent.nothing_to_withdraw" if Kind.CONSENT in desk.kinds else "consent.kept_from_you"


async def withdraw(desk: Desk, form: WithdrawalForm = _EVERYTHING) -> None:
    """Close the gate, or close it for one agency, one kind or both; the rooms above act in this same transaction.

    Raises `Conflict` when there is nothing to withdraw, `Invalid` for what does not stand in it.
    """
    found = await standing(desk)
    if found is None:
        raise Conflict(what_is_wanting(desk))
    taken = found.chosen(form)
    _must_stand(found, form, taken)
    whose = [found.said[form.giver]] if form.giver else list(found.said.values())
    if form == WithdrawalForm(giver=form.giver) or found.ends_everything(taken):
        await _withdraw_whole(desk, whose, now())
    else:
        await _take_out(desk, whose, taken, now())


def _must_stand(found: Withdrawable, form: WithdrawalForm, taken: frozenset[Pair]) -> None:
    if form.giver is not None and form.giver not in found.said:
        raise Invalid.of("giver", "consent.giver_gave_nothing")
    if form.recipient is not None and form.recipient not in agencies_in(found.given):
        raise Invalid.of("recipient", "consent.not_a_recipient")
    if form.kind is not None and not taken:
        raise Invalid.of("kind", "consent.kind_not_given")
    if form.giver is not None and taken and not taken & found.said[form.giver].pairs:
        raise Invalid.of("giver", "consent.giver_gave_nothing")


async def _withdraw_whole(desk: Desk, whose: list[Statement], moment: datetime) -> None:
    for statement in whose:
        await _add_version(desk, statement.consent, moment)
    for agency_id in await consented_agencies(desk.work, desk.case):
        desk.wrote(Kind.CONSENT, recipient_id=agency_id)
    desk.wrote(Kind.CONSENT)
    told = await posts_that_may(desk.work, desk.case.id, Capability.REFER, Capability.COORDINATE)
    await move_on(desk, StageKind.WITHDRAWN)
    await tell(desk.work, told, "consent_withdrawn", f"/cases/{desk.case.reference}", desk.case.id)


async def _take_out(desk: Desk, whose: Iterable[Statement], taken: frozenset[Pair], moment: datetime) -> None:
    """Add to each of these what it no longer gives; what rested on that is narrowed, and seats end by `SightEnded`."""
    for statement in whose:
        if pairs := statement.pairs & taken:
            ended = await _add_version(desk, statement.consent, moment)
            same = {column: getattr(ended, column) for column in ("case_id", "controller_id", "retention_class")}
            desk.work.session.add_all(
                ConsentPair(consent_id=ended.id, agency_id=agency_id, kind=kind, **same)
                for agency_id, kind in sorted(pairs)
            )
    await desk.work.session.flush()
    for agency_id in sorted(agencies_in(taken)):
        desk.wrote(Kind.CONSENT, recipient_id=agency_id)
    await one_at_a_time(desk.work, desk.case)
    await desk.work.session.execute(select(func.narrow_to_consent(desk.case.id)))
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
        recorded_at=moment,
        recorded_by_id=desk.work.actor.post_id,
    )
    desk.work.session.add(ended)
    await desk.work.session.flush()
    return ended
