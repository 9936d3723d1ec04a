"""Handing a case over: the referral to a colleague of one's own agency, the coordination to another coordinator.

Whoever hands over loses sight from that moment (facts: reassigned workers lose access), but for a seat or an action.
"""

from sqlalchemy import select, update

from multiagency.cases.desk import Desk
from multiagency.cases.models import AccessGrant
from multiagency.cases.reading_holders import Holder, holders
from multiagency.cases.service_bars import must_not_be_barred, not_barred
from multiagency.cases.service_grants import OWN_RECORD, grant, one_at_a_time
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Forbidden, Invalid
from multiagency.kernel.policy import RULES
from multiagency.people import reading as people
from multiagency.people.models import Deputy
from multiagency.people.reading import Colleague
from multiagency.people.service_notices import tell
from multiagency.safeguards.forms import HandOverForm
from multiagency.safeguards.service_protection import end_clearance

OFFERS = {"referral": Capability.REFER, "coordination": Capability.COORDINATE}
"""What can be handed over, and the capability that it is."""


def mine_to_hand_over(desk: Desk) -> list[str]:
    """Return what the actor holds on the case and may hand over; nobody hands over what is another's."""
    return [what for what, capability in OFFERS.items() if capability in desk.lasting]


async def candidates(desk: Desk, what: str) -> list[Colleague]:
    """Return who may take it: of one's own agency in a role that refers, or a coordinator of the team."""
    if what == "referral":
        offered = [
            who
            for who in await people.colleagues(desk.work, [desk.work.actor.agency_id])
            if RULES[Act.OPEN_CASE].role_may(Role(who.post.role))
        ]
    else:
        team = {post.id for post in await people.coordinators_of(desk.work, desk.case.team_id)}
        offered = [who for who in await people.colleagues(desk.work) if who.post.id in team]
    return [who for who in await not_barred(desk, offered) if who.post.id != desk.work.actor.post_id]


async def hand_over(desk: Desk, form: HandOverForm) -> None:
    """Give the same kinds on the same bases to the new post, tell it, and end one's own grants.

    Clearance for a protected address does not go with it: it is named again. Raises `Forbidden` for what is not one's
    own to give, `Invalid` naming `post` for somebody who may not take it.
    """
    if form.what not in mine_to_hand_over(desk):
        raise Forbidden
    taker = await people.known_colleague(desk.work, form.post, "post")
    await must_not_be_barred(desk, taker, "post")
    if taker.post.id not in {who.post.id for who in await candidates(desk, form.what)}:
        raise Invalid.of("post", f"reassignment.cannot_take_{form.what}")
    await one_at_a_time(desk.work, desk.case)
    capability = OFFERS[form.what]
    held = await holders(desk, {capability})
    await _give(desk, taker, held)
    await tell(desk.work, [taker.post], "case_handed_over", f"/cases/{desk.case.reference}", desk.case.id)
    desk.wrote(recipient_id=taker.agency.id)
    await end_clearance(desk, desk.work.actor.post_id)
    await _let_go(desk, held)


async def _give(desk: Desk, taker: Colleague, held: list[Holder]) -> None:
    theirs = [holder for holder in held if holder.colleague.post.id == taker.post.id]
    has = {holder.basis.id for holder in theirs if holder.grant.deputy_id is None}
    for holder in held:
        if holder.colleague.post.id != desk.work.actor.post_id or holder.basis.id in has:
            continue
        given, kinds = holder.grant, map(Kind, holder.grant.kinds)
        capability = Capability(given.capability)
        grant(desk.work, holder.basis, taker.post.id, given.occasion, capability, kinds, given.occasion_id)


async def _let_go(desk: Desk, held: list[Holder]) -> None:
    """End one's own grants of this capability, and those on one's own record; all in one step, the last."""
    mine = [holder for holder in held if holder.colleague.post.id == desk.work.actor.post_id]
    ids = {holder.grant.id for holder in mine}
    if any(holder.grant.capability == Capability.REFER for holder in mine):
        own = await holders(desk, frozenset(Capability) - {Capability.ACT})
        ids |= {
            holder.grant.id
            for holder in own
            if holder.basis.reason == OWN_RECORD and holder.colleague.post.id == desk.work.actor.post_id
        }
    query = select(Deputy.id).where(Deputy.post_id == desk.work.actor.post_id)
    deputies = set(await desk.work.session.scalars(query))
    ids |= {holder.grant.id for holder in held if holder.grant.deputy_id in deputies}
    ending = update(AccessGrant).where(AccessGrant.id.in_(ids), AccessGrant.ended_at.is_(None))
    await desk.work.session.execute(ending.values(ended_at=now()), execution_options={"synchronize_session": False})
