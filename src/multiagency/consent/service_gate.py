"""The live gate: opened from what all required givers said together, shut whenever that no longer holds."""

from typing import Any
from uuid import UUID

from multiagency.cases import service_taking_over as taking_over
from multiagency.cases.desk import Desk
from multiagency.cases.events import SightEnded
from multiagency.cases.models import AccessGrant, LawfulBasis
from multiagency.cases.reading_holders import holders, living
from multiagency.cases.service import share_with_coordinators
from multiagency.cases.service_grants import (
    CONSENT,
    TABLE_KINDS,
    consented_agencies,
    end_bases,
    give_basis,
    grant,
    is_kept_short,
    sharing_agencies,
)
from multiagency.consent.reading_statements import read_gate
from multiagency.consent.service_links import end_links
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict
from multiagency.pathways.definition import StageKind
from multiagency.people import reading as people
from multiagency.people.models import Post
from multiagency.people.service_notices import settle, tell

_NO_LONGER = frozenset({"refused", "withdrawn", "expired"})
"""States of the gate in which the client's cases are not linked either."""


def may_be_answered(desk: Desk) -> bool:
    """Tell whether consent may still be recorded: until the case is closed or withdrawn, or it could be stuck."""
    return not desk.is_over


def must_be_answerable(desk: Desk) -> None:
    """Raise `Conflict` unless it may."""
    if not may_be_answered(desk):
        raise Conflict("consent.case_over")


async def reopen(desk: Desk) -> None:
    """End what earlier statements opened; then, if the gate is open, give each agency what all of them give it.

    A basis holds those kinds and what comes with the work, until the first statement expires; the referrer gets sight
    through their own agency's, if it is given anything, and after the submission so do those who coordinate. Seats are
    given anew.
    """
    await shut(desk)
    if not may_be_answered(desk):
        return
    await settle(desk.work, f"/cases/{desk.case.reference}", "consent_ends", "client_comes_of_age")
    gate = await read_gate(desk)
    if gate.state in _NO_LONGER:
        await end_links(desk)
    for agency_id in sorted(gate.agencies):
        given = gate.kinds_for(agency_id)
        kinds = taking_over.kept_of(desk, agency_id, given) or TABLE_KINDS | {Kind.CONSENT, *given}
        consent = gate.given[-1].consent
        basis = await give_basis(desk.work, desk.case, agency_id, CONSENT, kinds, consent.id, gate.until)
        if agency_id == desk.work.actor.agency_id:
            await _show_referrers(desk, basis)
        elif is_kept_short(desk.case, agency_id):
            await taking_over.show_opener(desk, basis)
    if not desk.stands(StageKind.DRAFT):
        await _share_anew(desk)


async def _show_referrers(desk: Desk, basis: LawfulBasis) -> None:
    """Give sight to whoever refers the case, also while a deputy does it for them; a deputy for their period only.

    A period that has not begun shows nothing before its first day.
    """
    query = living(desk).where(AccessGrant.capability == Capability.REFER).order_by(AccessGrant.id)
    rows = (await desk.work.session.execute(query)).all()
    for held in {held.post_id: held for held, _ in rows}.values():
        period: dict[str, Any] = {}
        if held.deputy_id:
            begins = max(held.valid_from, now())
            period = {"deputy_id": held.deputy_id, "valid_from": begins, "valid_to": held.valid_to}
        kinds = map(Kind, basis.kinds)
        grant(desk.work, basis, held.post_id, held.occasion, Capability.REFER, kinds, **period)


async def shut(desk: Desk) -> None:
    """End what earlier statements opened; after the submission every seat that rested on them, in the same breath."""
    agencies = await consented_agencies(desk.work, desk.case)
    await end_bases(desk.work, desk.case, now())
    if desk.stands(StageKind.DRAFT):
        return
    for agency_id in agencies:
        desk.wrote(Kind.CONSENT, recipient_id=agency_id)
    await desk.work.session.flush()
    await desk.work.publish(SightEnded(desk))
    if may_be_answered(desk):
        await tell_of_change(desk)


async def tell_of_change(desk: Desk) -> None:
    """Tell whoever coordinates the case that its table is set anew: the meeting may be about to begin."""
    await tell(desk.work, await _coordinating(desk), "consent_changed", f"/cases/{desk.case.reference}", desk.case.id)


async def _coordinating(desk: Desk) -> list[Post]:
    found = await holders(desk, {Capability.COORDINATE})
    return list({who.colleague.post.id: who.colleague.post for who in found}.values())


async def _share_anew(desk: Desk) -> None:
    """Let those who coordinate the case now see it again, when their agency is given it."""
    team = await people.team_with(desk.work, desk.case.team_id)
    if team.convener_id not in await sharing_agencies(desk.work, desk.case):
        return
    posts = {post.id for post in await _coordinating(desk) if post.agency_id == team.convener_id}
    await share_with_coordinators(desk, team, sorted(posts))


async def reopen_if_changed(desk: Desk, before: tuple[UUID, ...]) -> None:
    """Open the gate anew when others must decide than `before`: what was asked of those before is asked again then."""
    if (await read_gate(desk)).required != before:
        await end_links(desk)
        await reopen(desk)
